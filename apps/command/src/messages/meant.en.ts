/** The devices that a rule means. */
export default {
  devices: 'Single devices',
  any: 'None picked: all within the scope',
  only: '{n} picked',
  add: 'Search and add a device',
  drop: 'Remove {name}',
  gone: 'A device out of use ({id})',
  all: '{n} devices are meant',
  nobody: 'No device in use is within the scope: the rule raises nothing.',
  more: 'and {n} more',
}
