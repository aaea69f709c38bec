import type { Messages } from '@pentad/platform/module'

export const messages: Messages = {
  'zh-CN': {
    'identity/wrong-password': '用户名或密码不对。',
    'identity/second-factor-needed': '请输入动态口令(验证器上的六位数字)。',
    'identity/wrong-code': '动态口令不对或已用过,请等下一组数字。',
    'identity/locked': '连续输错多次,账号已锁定,{minutes} 分钟后再试,或请安全管理员解锁。',
    'identity/already-enrolled': '已绑定动态口令。',
    'identity/own-post': '不能给自己任职,请由另一位管理员办理。',
  },
  en: {
    'identity/wrong-password': 'The name or the password is not right.',
    'identity/second-factor-needed': 'Please enter the six digits of your authenticator.',
    'identity/wrong-code': 'The digits are wrong or were used already; wait for the next ones.',
    'identity/locked':
      'Too many failures: the account rests for {minutes} more minutes, or until the security administrator unlocks it.',
    'identity/already-enrolled': 'A second factor is already enrolled.',
    'identity/own-post': 'Nobody gives a post to themselves; ask another administrator.',
  },
}
