/** The citizen's page (市民城管通): no account; a photo, four taps, and a code to follow it by. */
import '@pentad/web/no-eval.ts'
import '@pentad/web/theme/index.ts'
import '@pentad/web/theme/phone.css'
import './citizen.css'
import { makeI18n } from '@pentad/web/i18n.ts'
import { createApp } from 'vue'
import App from './App.vue'
import en from './messages/en.ts'
import zhCN from './messages/zh-CN.ts'
import { router } from './router.ts'

createApp(App)
  .use(makeI18n({ 'zh-CN': zhCN, en }))
  .use(router)
  .mount('#app')
