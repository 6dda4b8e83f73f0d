// Shows /asyncapi.json: the messages of each direction, with their examples and schemas. All text is set as text, never as HTML.
const element = (name, ...children) => {
  const made = document.createElement(name)
  made.append(...children)
  return made
}

const json = (value) => element('pre', JSON.stringify(value, null, 2))

const details = (summary, ...children) => element('details', element('summary', ...summary), ...children)

const keyOf = ({ $ref }) => $ref.split('/').at(-1)

function messageParts({ examples, payload }) {
  const shown = examples.flatMap(({ name, payload: example }) => [element('h4', `Example: ${name}`), json(example)])
  return [...shown, details(['Schema'], json(payload))]
}

function operationPart({ messages: refs, reply }, messages) {
  const message = messages[keyOf(refs[0])]
  const answers = (reply?.messages ?? []).map((ref) => messages[keyOf(ref)])
  const part = details(
    [element('code', message.name), ` ${message.summary}`],
    ...messageParts(message),
    ...answers.flatMap((answer) => [element('h3', answer.name), ...messageParts(answer)]),
  )
  part.id = keyOf(refs[0])
  return part
}

async function show() {
  const response = await fetch('/asyncapi.json')
  const { info, operations, channels, components } = await response.json()
  const { messages } = channels.socket
  const ofDirection = (direction) =>
    Object.values(operations)
      .filter(({ action }) => action === direction)
      .map((operation) => operationPart(operation, messages))
  document
    .querySelector('#docs')
    .append(
      element('h1', `${info.title} realtime`),
      element('p', info.description),
      element('h2', 'Client to server'),
      ...ofDirection('receive'),
      element('h2', 'Server to client'),
      ...ofDirection('send'),
      element('h2', 'Schemas'),
      ...Object.entries(components.schemas).map(([name, schema]) => details([element('code', name)], json(schema))),
    )
}

void show()
