import { createRouter, createWebHistory } from 'vue-router'
import Start from './pages/public-service/Start.vue'

export const router = createRouter({
  history: createWebHistory('/'),
  routes: [
    { path: '/', name: 'start', component: Start },
    { path: '/report', name: 'report', component: () => import('./pages/public-service/Report.vue') },
    { path: '/r/:code', name: 'follow', component: () => import('./pages/public-service/Follow.vue'), props: true },
    { path: '/:rest(.*)*', redirect: '/' },
  ],
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
})
