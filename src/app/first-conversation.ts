/** A first conversation to copy and paste into a shell, in the folder of the project. */
export const firstConversation = (url: string): string => `
  api=${url}
  call() { curl -s "$api$1" -H 'content-type: application/json' -H "authorization: Bearer $2" \${3:+-d "$3"}; }
  field() { node -p "JSON.parse(require('fs').readFileSync(0)).$1"; }
  register() { call /auth/register '' "{\\"email\\":\\"$1-$RANDOM$RANDOM@example.com\\",\\"password\\":\\"correct horse\\",\\"name\\":\\"$1\\"}"; }
  alice=$(register Alice | field accessToken)
  bob=$(register Bob); bob_id=$(echo "$bob" | field user.id); bob=$(echo "$bob" | field accessToken)
  chat=$(call /chats "$alice" "{\\"participantIds\\":[\\"$bob_id\\"]}" | field id)

  # Bob listens on a socket; once he is ready, Alice writes to him
  node -e "
    const bob = require('socket.io-client')('$api', { transports: ['websocket'], auth: { token: '$bob' } })
    bob.on('new_message', (message) => { console.log(message.sender.name + ': ' + message.content); bob.close() })
    bob.on('ready', () => fetch('$api/chats/$chat/messages', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer $alice' },
      body: JSON.stringify({ content: 'Hello Bob!' }),
    }))"

  # Bob's chat list: one chat with Alice, unreadCount 1
  call /chats "$bob"
`
