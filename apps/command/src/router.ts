/** The pages, who may see them, and their theme for those who chose none. */
import { me } from '@pentad/web/me.ts'
import type { Theme } from '@pentad/web/theme/index.ts'
import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import { firstPage } from './pages.ts'

declare module 'vue-router' {
  interface RouteMeta {
    may?: string
    theme?: Theme
    title?: string
    /** Without the desk around it. */
    bare?: boolean
  }
}

const routes: RouteRecordRaw[] = [
  {
    path: '/command/',
    component: () => import('./pages/cases/SituationPage.vue'),
    meta: { may: 'cases.read', theme: 'dark', title: 'situation' },
  },
  {
    path: '/command/map',
    component: () => import('./pages/map/MapPage.vue'),
    meta: { may: 'cases.read', theme: 'dark', title: 'map' },
  },
  {
    path: '/command/cases',
    component: () => import('./pages/cases/CasesPage.vue'),
    meta: { may: 'cases.read', theme: 'light', title: 'cases' },
  },
  {
    path: '/command/cases/self-handled',
    component: () => import('./pages/cases/SelfHandledPage.vue'),
    meta: { may: 'cases.accept', theme: 'light', title: 'cases' },
  },
  {
    path: '/command/cases/:id',
    component: () => import('./pages/cases/CasePage.vue'),
    meta: { may: 'cases.read', theme: 'light', title: 'cases' },
  },
  {
    path: '/command/board',
    component: () => import('./pages/cases/BoardPage.vue'),
    props: { mode: 'dispatch' },
    meta: { may: 'cases.dispatch', theme: 'light', title: 'board' },
  },
  {
    path: '/command/checks',
    component: () => import('./pages/cases/BoardPage.vue'),
    props: { mode: 'check' },
    meta: { may: 'cases.read', theme: 'light', title: 'checks' },
  },
  {
    path: '/command/merge',
    component: () => import('./pages/cases/MergePage.vue'),
    meta: { may: 'cases.accept', theme: 'light', title: 'merge' },
  },
  {
    path: '/command/handover',
    component: () => import('./pages/cases/HandoverPage.vue'),
    meta: { may: 'cases.hand-over', theme: 'light', title: 'handover' },
  },
  {
    path: '/command/report',
    component: () => import('./pages/cases/ReportPage.vue'),
    meta: { may: 'cases.report', theme: 'light', title: 'report' },
  },
  {
    path: '/command/packages',
    component: () => import('./pages/cases/PackagesPage.vue'),
    meta: { may: 'cases.read', theme: 'light', title: 'packages' },
  },
  {
    path: '/command/hard',
    component: () => import('./pages/cases/HardPage.vue'),
    meta: { may: 'cases.read', theme: 'light', title: 'hard' },
  },
  {
    path: '/command/hung',
    component: () => import('./pages/cases/HungPage.vue'),
    meta: { may: 'cases.read', theme: 'light', title: 'hung' },
  },
  {
    path: '/command/orders',
    component: () => import('./pages/cases/OrdersPage.vue'),
    meta: { may: 'cases.read', theme: 'light', title: 'orders' },
  },
  {
    path: '/command/dispatch-rules',
    component: () => import('./pages/cases/DispatchRulesPage.vue'),
    meta: { may: 'rulebook.read', theme: 'light', title: 'dispatch-rules' },
  },
  {
    path: '/command/alarms',
    component: () => import('./pages/sensing/AlarmsPage.vue'),
    meta: { may: 'sensing.read', theme: 'light', title: 'alarms' },
  },
  {
    path: '/command/alarms/rules/:rule?',
    component: () => import('./pages/sensing/AlarmRulesPage.vue'),
    meta: { may: 'sensing.read', theme: 'light', title: 'alarms' },
  },
  {
    path: '/command/devices',
    component: () => import('./pages/sensing/DevicesPage.vue'),
    meta: { may: 'sensing.read', theme: 'light', title: 'devices' },
  },
  {
    path: '/command/fences',
    component: () => import('./pages/sensing/FencesPage.vue'),
    meta: { may: 'sensing.read', theme: 'light', title: 'fences' },
  },
  {
    path: '/command/coverage',
    component: () => import('./pages/sensing/CoveragePage.vue'),
    meta: { may: 'sensing.read-coverage', theme: 'light', title: 'coverage' },
  },
  {
    path: '/command/tracks',
    component: () => import('./pages/sensing/TracksPage.vue'),
    meta: { may: 'sensing.read', theme: 'dark', title: 'tracks' },
  },
  {
    path: '/command/grid',
    component: () => import('./pages/geography/GridPage.vue'),
    meta: { may: 'geography.read', theme: 'light', title: 'grid' },
  },
  {
    path: '/command/components',
    component: () => import('./pages/geography/ComponentsPage.vue'),
    meta: { may: 'geography.read', theme: 'light', title: 'components' },
  },
  {
    path: '/command/ledgers',
    component: () => import('./pages/inspection/LedgersPage.vue'),
    meta: { may: 'inspection.read', theme: 'light', title: 'ledgers' },
  },
  {
    path: '/command/ledgers/:ledger/form',
    component: () => import('./pages/inspection/LedgerFormPage.vue'),
    meta: { may: 'inspection.define', theme: 'light', title: 'ledgers' },
  },
  {
    path: '/command/ledgers/:ledger',
    component: () => import('./pages/inspection/LedgerPage.vue'),
    meta: { may: 'inspection.read', theme: 'light', title: 'ledgers' },
  },
  {
    path: '/command/data/:tab(quality|dictionary|base-units)?',
    component: () => import('./pages/operations/DataPage.vue'),
    meta: { may: 'operations.read-data', theme: 'light', title: 'data' },
  },
  {
    path: '/command/packs',
    component: () => import('./pages/operations/PacksPage.vue'),
    meta: { may: 'operations.load-pack', theme: 'light', title: 'packs' },
  },
  {
    path: '/command/people',
    component: () => import('./pages/identity/PeoplePage.vue'),
    meta: { may: 'identity.read-people', theme: 'light', title: 'people' },
  },
  {
    path: '/command/audit',
    component: () => import('./pages/identity/AuditPage.vue'),
    meta: { may: 'identity.read-audit', theme: 'light', title: 'audit' },
  },
  {
    path: '/command/search',
    component: () => import('./pages/search/SearchPage.vue'),
    meta: { theme: 'light', title: 'search' },
  },
  {
    path: '/command/codes',
    component: () => import('./pages/rulebook/CodesPage.vue'),
    meta: { may: 'rulebook.read', theme: 'light', title: 'codes' },
  },
  {
    path: '/command/manual',
    component: () => import('./pages/rulebook/ManualPage.vue'),
    meta: { may: 'rulebook.read', theme: 'light', title: 'manual' },
  },
  {
    path: '/command/laws',
    component: () => import('./pages/rulebook/LawsPage.vue'),
    meta: { may: 'rulebook.read', theme: 'light', title: 'laws' },
  },
  {
    path: '/command/flow',
    component: () => import('./pages/flow/FlowPage.vue'),
    meta: { may: 'cases.configure', theme: 'light', title: 'flow' },
  },
  { path: '/command/none', component: () => import('./pages/identity/NoPostPage.vue'), meta: { theme: 'light' } },
  {
    path: '/wall',
    component: () => import('./pages/wall/WallPage.vue'),
    meta: { may: 'cases.read', theme: 'dark', bare: true },
  },
  { path: '/:rest(.*)*', redirect: '/command/' },
]

export const router = createRouter({ history: createWebHistory('/'), routes })

export const home = firstPage

router.beforeEach((to) => {
  if (!me.value || !to.meta.may || me.value.may.includes(to.meta.may)) return true
  return firstPage(me.value.may)
})
