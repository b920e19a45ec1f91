/** Who looks, and what they may do: buttons for what would be refused are not shown. The server decides anyway. */
import { createReader } from './api.js'
import { byId } from './dom.js'

const read = createReader('/api/session')
let role = 'viewer'

export const mayDecide = () => role === 'operator'

export const session = {
  async update() {
    const answer = await read('')
    if (answer === undefined) return
    role = answer.role
    byId('session').hidden = !answer.can_sign_out
    const tenants = answer.tenants === null ? '' : ` of ${answer.tenants.join(', ')}`
    byId('who').textContent = `${answer.name}, ${answer.role}${tenants}`
  },
}
