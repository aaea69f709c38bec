/** The command desk, the office pages and the wall: one app. */

import { makeI18n } from '@pentad/web/i18n.ts'
import { VueQueryPlugin } from '@tanstack/vue-query'
import '@pentad/web/theme/index.ts'
import 'element-plus/dist/index.css'
import '@pentad/web/theme/element-plus.css'
import './desk.css'
import { createApp } from 'vue'
import App from './App.vue'
import { queryClient } from './asking.ts'
import en from './messages/en.ts'
import zhCN from './messages/zh-CN.ts'
import { router } from './router.ts'

createApp(App)
  .use(makeI18n({ 'zh-CN': zhCN, en }))
  .use(VueQueryPlugin, { queryClient })
  .use(router)
  .mount('#app')
