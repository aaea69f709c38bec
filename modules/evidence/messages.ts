import type { Messages } from '@pentad/platform/module'

export const messages: Messages = {
  'zh-CN': {
    'evidence/not-a-photo': '这个文件不是可用的照片(需要 JPEG、PNG 或 WebP),请重新拍摄或换一张。',
    'evidence/no-such-photo': '照片没有传上来,请重新上传。',
  },
  en: {
    'evidence/not-a-photo': 'This file is not a usable photo (JPEG, PNG or WebP); please take or choose another.',
    'evidence/no-such-photo': 'The photo has not arrived; please upload it again.',
  },
}
