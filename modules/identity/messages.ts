import type { Messages } from '@pentad/platform/module'

export const messages: Messages = {
  'zh-CN': {
    'identity/wrong-password': '用户名或密码不对。',
    'identity/second-factor-needed': '请输入动态口令(验证器上的六位数字)。',
    'identity/wrong-code': '动态口令不对或已用过,请等下一组数字。',
    'identity/locked': '连续输错多次,账号已锁定,{minutes} 分钟后再试,或请安全管理员解锁。',
    'identity/already-enrolled': '已绑定动态口令。',
    'identity/own-post': '不能给自己任职,请由另一位管理员办理。',
    'identity/privileged-person': '值班长与三类管理员的口令只能在机房重置(./pentad user password)。',
    'pack/part/units': '机构',
    'pack/part/people': '人员',
    'pack/part/memberships': '任职',
    'pack/unit-id': '机构编号“{value}”只能用小写字母、数字和短横线。',
    'pack/unknown-unit': '没有编号为“{unit}”的机构。',
    'pack/unit-below-itself': '机构“{unit}”成了自己的下级。',
    'pack/unit-taken': '机构编号“{unit}”已属于本包范围之外的“{name}”,请另起编号。',
    'pack/login-taken': '登录名“{login}”已属于本包范围之外的{name},请另起登录名。',
    'pack/login': '登录名“{value}”只能用小写字母、数字、点和短横线。',
    'pack/unknown-login': '人员表里没有登录名“{login}”。',
    'pack/area-prefix': '“{area}”不是区域编码或其前几位。',
  },
  en: {
    'identity/wrong-password': 'The name or the password is not right.',
    'identity/second-factor-needed': 'Please enter the six digits of your authenticator.',
    'identity/wrong-code': 'The digits are wrong or were used already; wait for the next ones.',
    'identity/locked':
      'Too many failures: the account rests for {minutes} more minutes, or until the security administrator unlocks it.',
    'identity/already-enrolled': 'A second factor is already enrolled.',
    'identity/own-post': 'Nobody gives a post to themselves; ask another administrator.',
    'identity/privileged-person':
      'Passwords of shift leaders and administrators are reset in the machine room only (./pentad user password).',
    'pack/part/units': 'Units',
    'pack/part/people': 'People',
    'pack/part/memberships': 'Posts',
    'pack/unit-id': 'The unit id “{value}” may hold small letters, digits and hyphens only.',
    'pack/unknown-unit': 'There is no unit with the id “{unit}”.',
    'pack/unit-below-itself': 'The unit “{unit}” has become its own subordinate.',
    'pack/unit-taken':
      'The unit id “{unit}” belongs to “{name}”, which the pack does not speak for; choose another id.',
    'pack/login-taken':
      'The login “{login}” belongs to {name}, for whom the pack does not speak; choose another login.',
    'pack/login': 'The login “{value}” may hold small letters, digits, dots and hyphens only.',
    'pack/unknown-login': 'The table of people has no login “{login}”.',
    'pack/area-prefix': '“{area}” is no area code and no beginning of one.',
  },
}
