/** A place without its street, where the street stands beside it anyway. Pure. */
export function placeIn(words: string, street: string): string {
  for (const end of [`(${street})`, `\uff08${street}\uff09`, `, ${street}`])
    if (words.endsWith(end)) return words.slice(0, -end.length)
  return words.replace(/, [^,]+ Subdistrict$/, '')
}
