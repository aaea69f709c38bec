/**
 * Who may do what to which thing. Deny by default: an act needs one grant that holds the permission AND covers the thing,
 * by its place (area prefix), by whom it lies with (unit), or because the actor made it. Pure; knows no domain.
 */

/** What one membership gives: the permissions of a role, over areas and units. */
export interface Grant {
  role: string
  /** The unit the person acts for. */
  unitId: string
  /** Area code prefixes; '' covers everything. */
  areas: readonly string[]
  /** That unit and all below it. */
  units: readonly string[]
  may: readonly string[]
}

export interface Actor {
  id: string
  name: string
  grants: readonly Grant[]
}

/** How a thing lies in the city, for the test of rights. */
export interface Scope {
  areaCode?: string | null
  units?: readonly string[]
  createdBy?: string | null
}

export const holds = (actor: Actor, permission: string): boolean => actor.grants.some((g) => g.may.includes(permission))

export const rolesOf = (actor: Actor): string[] => [...new Set(actor.grants.map((g) => g.role))]

export const covers = (grant: Grant, scope: Scope): boolean =>
  (scope.areaCode != null && grant.areas.some((prefix) => scope.areaCode?.startsWith(prefix))) ||
  (scope.units ?? []).some((u) => grant.units.includes(u))

/** The grants under which the actor may do this to that thing; none means no. */
export const grantsFor = (actor: Actor, permission: string, scope: Scope): Grant[] =>
  actor.grants.filter(
    (g) =>
      g.may.includes(permission) && (covers(g, scope) || (scope.createdBy != null && scope.createdBy === actor.id)),
  )

export const permits = (actor: Actor, permission: string, scope: Scope): boolean =>
  grantsFor(actor, permission, scope).length > 0

/** The union of what the actor may see under a permission, for a `where` clause. */
export interface Sight {
  areas: string[]
  units: string[]
  actorId: string
}
export function sightOf(actor: Actor, permission: string): Sight {
  const grants = actor.grants.filter((g) => g.may.includes(permission))
  return {
    areas: [...new Set(grants.flatMap((g) => g.areas))],
    units: [...new Set(grants.flatMap((g) => g.units))],
    actorId: actor.id,
  }
}
