import { route } from '@pentad/platform/contract'
import { z } from 'zod'
import {
  classKinds,
  exactnesses,
  kinds,
  lawLevels,
  limitUnits,
  measures,
  powerKinds,
  preconditions,
  severities,
} from './model/index.ts'

const Text = z.object({ 'zh-CN': z.string(), en: z.string() })
const day = z.iso.date()
const schemeName = z.string().min(1).max(40)

export const Standard = z.object({
  id: z.string(),
  /** Most dangerous first. */
  seq: z.number(),
  filing: Text,
  closing: Text,
  limitValue: z.number(),
  limitUnit: z.enum(limitUnits),
})

export const CaseClass = z.object({
  kind: z.enum(kinds),
  code: z.string(),
  /** The major class. */
  parentCode: z.string().nullable(),
  name: Text,
  /** Not of the national list. */
  extension: z.boolean(),
  /** Everyday words for it, by which a phone without a network proposes classes. */
  words: z.array(z.string()),
})

export const listClasses = route({
  method: 'GET',
  path: '/rulebook/classes',
  summary: '大类小类 Classes of the scheme in force',
  may: 'public',
  reply: z.object({ scheme: z.string(), version: z.string(), classes: z.array(CaseClass) }),
})

export const listStandards = route({
  method: 'GET',
  path: '/rulebook/standards',
  summary: '立案、处置、结案标准 Standards of a class; of the scheme in force where none is named',
  may: 'public',
  query: z.object({
    kind: z.enum(kinds),
    code: z.string().max(8),
    scheme: schemeName.optional(),
    version: schemeName.optional(),
  }),
  reply: z.object({ standards: z.array(Standard) }),
})

/** Where a law says it. `law` is null where the city has not brought that law. */
export const Basis = z.object({
  /** As the table has it: `law#article`, or a citation in words. */
  words: z.string(),
  law: z.string().nullable(),
  title: Text.nullable(),
  no: z.number().nullable(),
  sub: z.number(),
  /** 《…》第…条 in words. */
  said: Text,
})

export const Scheme = z.object({
  scheme: z.string(),
  version: z.string(),
  name: Text,
  publisher: z.string(),
  validFrom: day.nullable(),
  validTo: day.nullable(),
  /** The one that new cases are filed under. */
  inForce: z.boolean(),
  classes: z.number(),
})
export const ListedClass = z.object({
  kind: z.enum(classKinds),
  code: z.string(),
  parentCode: z.string().nullable(),
  name: Text,
  extension: z.boolean(),
  words: z.array(z.string()),
  /** No longer in the list since then. */
  endedAt: z.iso.datetime().nullable(),
  standards: z.number(),
})
export const FullStandard = Standard.extend({
  evidence: z.array(z.string()),
  laws: z.array(Basis),
  collection: Text,
  /** Who answers, in the words of the city's own table; empty where only the duty rules say it. */
  unit: Text,
})
export const Duty = z.object({
  scheme: z.string(),
  version: z.string(),
  kind: z.enum(kinds),
  codePrefix: z.string(),
  unitRule: z.string(),
  /** A unit that the rule leads to, as an example; null where it leads nowhere. */
  unit: Text.nullable(),
})

export const listSchemes = route({
  method: 'GET',
  path: '/rulebook/schemes',
  summary: '代码表及版本 Class schemes and their versions',
  may: 'rulebook.read',
  reply: z.object({ schemes: z.array(Scheme) }),
})

export const listSchemeClasses = route({
  method: 'GET',
  path: '/rulebook/schemes/classes',
  summary: '某一版本的分类 Classes of a scheme in a version, ended ones too',
  may: 'rulebook.read',
  query: z.object({ scheme: schemeName, version: schemeName }),
  reply: z.object({ classes: z.array(ListedClass) }),
})

const Penalty = z.object({
  measures: z.array(z.enum(measures)),
  fineFromFen: z.number().nullable(),
  fineToFen: z.number().nullable(),
  precondition: z.enum(preconditions),
})
export const Cause = Penalty.extend({
  id: z.string(),
  powerId: z.string(),
  name: Text,
  violates: z.array(Basis),
  punishes: z.array(Basis),
  classes: z.array(z.object({ words: z.string(), name: Text.nullable() })),
  note: Text,
})

export const readClass = route({
  method: 'GET',
  path: '/rulebook/class',
  summary: '类别详情 A class with its standards, duties, mappings, causes and former names',
  may: 'rulebook.read',
  query: z.object({
    scheme: schemeName,
    version: schemeName,
    kind: z.enum(classKinds),
    code: z.string().min(1).max(32),
  }),
  reply: z.object({
    class: ListedClass.omit({ standards: true }),
    standards: z.array(FullStandard),
    duties: z.array(Duty),
    mappings: z.array(
      z.object({
        scheme: z.string(),
        version: z.string(),
        schemeName: Text,
        kind: z.enum(classKinds),
        code: z.string(),
        name: Text,
        /** What the other class is, seen from this one. */
        exactness: z.enum(exactnesses),
      }),
    ),
    causes: z.array(Cause),
    past: z.array(z.object({ name: Text, words: z.array(z.string()), until: z.iso.datetime() })),
  }),
})

export const setClassWords = route({
  method: 'PUT',
  path: '/rulebook/class/words',
  summary: '修改日常用语 Set the everyday words of a class; the former ones are kept',
  may: 'rulebook.manage',
  body: z.object({
    scheme: schemeName,
    version: schemeName,
    kind: z.enum(classKinds),
    code: z.string().min(1).max(32),
    words: z.array(z.string().trim().min(1).max(40)).max(60),
  }),
  reply: z.object({ words: z.array(z.string()) }),
})

export const listDuties = route({
  method: 'GET',
  path: '/rulebook/duties',
  summary: '处置责任 Who answers for which classes',
  may: 'rulebook.read',
  reply: z.object({ duties: z.array(Duty) }),
})

export const setDuty = route({
  method: 'PUT',
  path: '/rulebook/duties',
  summary: '修改处置责任 Set who answers for a class; the former rule is kept',
  may: 'rulebook.manage',
  body: z.object({
    kind: z.enum(kinds),
    codePrefix: z.string().regex(/^\d{2}(\d{2})?$/),
    /** `street`, `{district}-ending`, or a unit's id; none gives the class back to its major class. */
    unitRules: z.array(z.string().regex(/^(?:\{district\})?[\p{L}\p{N}_-]{1,64}$/u)).max(5),
  }),
  reply: z.object({ duties: z.array(Duty) }),
})

export const readManual = route({
  method: 'GET',
  path: '/rulebook/manual',
  summary: '监督手册 The component and event manual of the scheme in force',
  may: 'rulebook.read',
  reply: z.object({
    scheme: z.string(),
    version: z.string(),
    name: Text,
    calendar: z.string().nullable(),
    chapters: z.array(
      z.object({
        kind: z.enum(kinds),
        code: z.string(),
        name: Text,
        entries: z.array(
          z.object({
            kind: z.enum(kinds),
            code: z.string(),
            name: Text,
            extension: z.boolean(),
            words: z.array(z.string()),
            standards: z.array(FullStandard),
            duties: z.array(Duty),
            /** Articles behind the class: those of its standards, and those that its causes name. */
            laws: z.array(Basis),
            causes: z.array(Penalty.extend({ id: z.string(), name: Text })),
          }),
        ),
      }),
    ),
  }),
})

const LawVersion = z.object({
  versionDate: day.nullable(),
  inForceFrom: day.nullable(),
  inForceTo: day.nullable(),
  /** A summary in other words 概述非原文, not the law's own text. */
  summary: z.boolean(),
  articles: z.number(),
})
export const Law = z.object({
  id: z.string(),
  title: Text,
  level: z.enum(lawLevels),
  scope: z.string(),
  domain: z.string(),
})
const Article = z.object({
  no: z.number(),
  sub: z.number(),
  chapter: z.string(),
  section: z.string(),
  text: z.string(),
})

export const listLaws = route({
  method: 'GET',
  path: '/rulebook/laws',
  summary: '法律法规 Laws; with words, also the articles that hold them',
  may: 'rulebook.read',
  query: z.object({ words: z.string().trim().max(40).optional() }),
  reply: z.object({
    laws: z.array(Law.extend({ versions: z.array(LawVersion) })),
    found: z.array(Article.extend({ law: z.string(), title: Text })),
  }),
})

export const readLaw = route({
  method: 'GET',
  path: '/rulebook/law',
  summary: '法规全文 A law in a version, by articles, with what cites each',
  may: 'rulebook.read',
  query: z.object({ id: z.string().min(1).max(80), version: day.optional() }),
  reply: Law.extend({
    versions: z.array(LawVersion),
    version: LawVersion,
    text: z.string(),
    articles: z.array(Article),
    citedBy: z.array(
      z.object({
        no: z.number(),
        sub: z.number(),
        by: z.enum(['power', 'violated', 'punished', 'standard', 'checklist']),
        id: z.string(),
        name: Text,
      }),
    ),
  }),
})

const Found = Article.extend({
  law: z.string(),
  title: Text,
  versionDate: day.nullable(),
  summary: z.boolean(),
  said: Text,
  /** The words of the paragraph or item that was cited; null where the article has no such one. */
  words: z.string().nullable(),
})
export const readArticle = route({
  method: 'GET',
  path: '/rulebook/article',
  summary: '某日有效的条文 An article as it was in force on a day',
  may: 'rulebook.read',
  query: z.object({
    law: z.string().min(1).max(80),
    no: z.coerce.number().int().min(1).max(9999),
    sub: z.coerce.number().int().min(0).max(99).default(0),
    day: day.optional(),
  }),
  reply: Found,
})

export const resolveCitation = route({
  method: 'GET',
  path: '/rulebook/citation',
  summary: '引文解析 The article that 《…》第…条第…款 means on a day',
  may: 'rulebook.read',
  query: z.object({ text: z.string().min(1).max(200), day: day.optional() }),
  reply: Found,
})

export const listPowers = route({
  method: 'GET',
  path: '/rulebook/powers',
  summary: '权力事项 Powers',
  may: 'rulebook.read',
  reply: z.object({
    powers: z.array(
      z.object({
        id: z.string(),
        name: Text,
        kind: z.enum(powerKinds),
        subjectUnit: z.string(),
        basis: z.array(Basis),
        causes: z.number(),
      }),
    ),
  }),
})

export const listCauses = route({
  method: 'GET',
  path: '/rulebook/causes',
  summary: '案由 Causes of action',
  may: 'rulebook.read',
  reply: z.object({ causes: z.array(Cause) }),
})

export const listDiscretion = route({
  method: 'GET',
  path: '/rulebook/discretion',
  summary: '裁量基准 Steps of discretion by cause, as they stand or stood at an instant',
  may: 'rulebook.read',
  query: z.object({ at: z.iso.datetime().optional() }),
  reply: z.object({
    causes: z.array(
      Penalty.extend({
        id: z.string(),
        name: Text,
        steps: z.array(
          z.object({
            step: z.string(),
            circumstances: Text,
            fineFromFen: z.number().nullable(),
            fineToFen: z.number().nullable(),
            other: Text,
          }),
        ),
      }),
    ),
  }),
})

export const listChecklists = route({
  method: 'GET',
  path: '/rulebook/checklists',
  summary: '检查单 Checklists and their items',
  may: 'rulebook.read',
  reply: z.object({
    checklists: z.array(
      z.object({
        id: z.string(),
        title: Text,
        items: z.array(
          z.object({
            seq: z.number(),
            item: Text,
            basis: z.array(Basis),
            causeId: z.string(),
            photo: z.boolean(),
            severity: z.enum(severities),
          }),
        ),
      }),
    ),
  }),
})

export const readCalendar = route({
  method: 'GET',
  path: '/rulebook/calendar',
  summary: '工作日历 The working calendar in force',
  may: 'rulebook.read',
  reply: z.object({
    version: z.string(),
    seasons: z.array(
      z.object({ from: z.string(), to: z.string(), periods: z.array(z.tuple([z.number(), z.number()])) }),
    ),
    holidays: z.array(day),
    shiftedWorkdays: z.array(day),
  }),
})

export const tagText = route({
  method: 'GET',
  path: '/rulebook/tags',
  summary: '语义标签 What a text speaks of: classes, causes, articles',
  may: 'rulebook.read',
  query: z.object({ text: z.string().min(1).max(2000) }),
  reply: z.object({
    classes: z.array(
      z.object({ kind: z.enum(kinds), code: z.string(), name: Text, share: z.number(), words: z.array(z.string()) }),
    ),
    causes: z.array(z.object({ id: z.string(), name: Text })),
    laws: z.array(Basis),
  }),
})
