/** What other systems call states and ways of reporting, in ours. */
import type { Source } from '@pentad/cases/model'
import type { outcomes } from './mapping.ts'

type Outcome = (typeof outcomes)[number]

const outcomeWords: readonly (readonly [RegExp, Outcome])[] = [
  [/dup|重复/i, 'rejected'],
  [
    /reject|declin|invalid|cancel|void|not accepted|no action|spam|\btest\b|不予|不受理|作废|撤销|退回|无效/i,
    'rejected',
  ],
  [/reopen|re-open|unresolved|incomplete|not (yet )?(closed|completed|resolved)|^待|未结|未办|未完|正在/i, 'open'],
  [/clos|complet|resolv|done|finish|fixed|archiv|结案|办结|完成|已处置|归档|关闭|完结/i, 'closed'],
  [
    /open|new|pend|progress|assign|start|receiv|submit|active|wait|hold|review|inspect|sched|accept|acknowledg|email sent|立案|处置|处理|受理|派遣|待|办理|核查/i,
    'open',
  ],
]
export const outcomeSaid = (word: string): Outcome | undefined => outcomeWords.find(([p]) => p.test(word))?.[1]

const sourceWords: readonly (readonly [RegExp, Source])[] = [
  [/open311/i, 'open311'],
  [
    /inspector|internal|in.?house|self.?initiated|proactive|staff|employee|field|crew|city ?initiated|网格员|监督员|巡查|采集员/i,
    'inspector',
  ],
  [/12345|phone|call|hotline|voice|tel|311|热线|电话|来电/i, 'hotline'],
  [
    /web|online|app|mobile|self.?service|portal|email|e-mail|mail|letter|citizen|chat|text|sms|twitter|facebook|social|api|kiosk|walk|in person|fax|网站|微信|微博|市民|随手拍|小程序|邮件|信件|公众/i,
    'citizen',
  ],
  [/video|camera|cctv|视频/i, 'video'],
  [/sensor|iot|物联|传感/i, 'sensor'],
  [/uav|drone|无人机/i, 'uav'],
  [/media|press|舆情|媒体/i, 'opinion'],
  [/patrol|执法/i, 'patrol'],
  [/survey|普查/i, 'survey'],
  [/council|alderman|mayor|executive|领导|批示|督办/i, 'instruction'],
  [/transfer|agency|department|转办|交办|上级|其他部门/i, 'transfer'],
]
export const sourceSaid = (word: string): Source | undefined => sourceWords.find(([p]) => p.test(word))?.[1]
