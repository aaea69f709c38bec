/** The officer's phone (执法城管通): works the same with and without a network. */
import '@pentad/web/no-eval.ts'
import '@pentad/web/theme/index.ts'
import './vant.css'
import '@pentad/web/theme/vant.css'
import '@pentad/web/theme/phone.css'
import './officer.css'
import { makeI18n } from '@pentad/web/i18n.ts'
import { keepsWholeMap } from '@pentad/web/map/base.ts'
import { createApp } from 'vue'
import App from './App.vue'
import en from './messages/en.ts'
import zhCN from './messages/zh-CN.ts'
import { router } from './router.ts'
import { keepAppHere } from './state/app.ts'

createApp(App)
  .use(makeI18n({ 'zh-CN': zhCN, en }))
  .use(router)
  .provide(keepsWholeMap, true)
  .mount('#app')
keepAppHere()
