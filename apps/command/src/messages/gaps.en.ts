/** Gaps: the time of which nothing is known, said as such. */
export default {
  curve: '{n} gaps, {length} in all',
  none: 'no data',
  track: '{n} gaps without fixes, {length} in all, dotted on the map; a gap is not to say that it was away.',
  longest: 'the longest {from} to {until}',
}
