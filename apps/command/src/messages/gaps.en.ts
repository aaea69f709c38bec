/** Gaps: the time of which nothing is known, said as such. */
export default {
  curve: '{n} gaps, {length} in all',
  none: 'no data',
  track: '{n} gaps without fixes, {length} in all; a gap is not to say that it was away.',
  dotted: 'The way in between is not known: the map only joins it by dots.',
  longest: 'the longest {from} to {until}',
}
