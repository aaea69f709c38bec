import { createRouter, createWebHistory } from 'vue-router'
import Today from './pages/cases/Today.vue'

export const router = createRouter({
  history: createWebHistory('/officer/'),
  routes: [
    { path: '/', name: 'today', component: Today, meta: { dock: true } },
    { path: '/outbox', name: 'outbox', component: () => import('./pages/cases/Outbox.vue'), meta: { dock: true } },
    { path: '/map', name: 'map', component: () => import('./pages/cases/CaseMap.vue'), meta: { dock: true } },
    { path: '/mine', name: 'mine', component: () => import('./pages/identity/Mine.vue'), meta: { dock: true } },
    { path: '/cases/:id', name: 'case', component: () => import('./pages/cases/Case.vue'), props: true },
    { path: '/cases/:id/ask/:step', name: 'ask', component: () => import('./pages/cases/AskStep.vue'), props: true },
    { path: '/cases/:id/:step', name: 'do', component: () => import('./pages/cases/DoStep.vue'), props: true },
    { path: '/report', name: 'report', component: () => import('./pages/cases/Report.vue') },
    { path: '/:rest(.*)*', redirect: '/' },
  ],
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
})

/** Back where the person came from, or to today's work when the page was opened by itself. */
export const goBack = (): void => {
  if (globalThis.history.state?.back) router.back()
  else void router.replace('/')
}
