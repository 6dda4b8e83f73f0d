/** Payloads in the form that Slack documents for each type of block (https://docs.slack.dev/reference/block-kit/blocks). Written by hand. */
export const blockExamples: Record<string, { block: object; shown: string }> = {
  section: {
    block: {
      type: 'section',
      text: { type: 'mrkdwn', text: 'New *paid time off* request from <https://hr.example/u/7|Fred>' },
      fields: [
        { type: 'mrkdwn', text: '*Type:*\nLeave' },
        { type: 'plain_text', text: 'Days: 2 &lt; 5' },
      ],
      accessory: { type: 'button', text: { type: 'plain_text', text: 'View' }, url: 'https://hr.example/r/1' },
    },
    shown:
      'New **paid time off** request from [Fred](https://hr.example/u/7)\n**Type:**\nLeave\nDays: 2 < 5\n[View](https://hr.example/r/1)',
  },
  header: { block: { type: 'header', text: { type: 'plain_text', text: 'Budget *2026*' } }, shown: 'Budget *2026*' },
  divider: { block: { type: 'divider' }, shown: '' },
  image: {
    block: {
      type: 'image',
      title: { type: 'plain_text', text: 'A graph' },
      image_url: 'https://img.example/graph.png',
      alt_text: 'CPU over a day',
    },
    shown: 'A graph\n[CPU over a day](https://img.example/graph.png)',
  },
  'image without a URL': {
    block: { type: 'image', slack_file: { id: 'F123' }, alt_text: 'CPU over a day' },
    shown: 'CPU over a day',
  },
  context: {
    block: {
      type: 'context',
      elements: [
        { type: 'image', image_url: 'https://img.example/i.png', alt_text: 'warning' },
        { type: 'mrkdwn', text: 'Last updated: *1 May*' },
      ],
    },
    shown: 'warning Last updated: **1 May**',
  },
  actions: {
    block: {
      type: 'actions',
      elements: [
        {
          type: 'button',
          text: { type: 'plain_text', text: 'Runbook' },
          url: 'https://wiki.example/run',
          style: 'danger',
        },
        { type: 'button', text: { type: 'plain_text', text: 'Acknowledge' }, action_id: 'ack', value: '1' },
        { type: 'static_select', placeholder: { type: 'plain_text', text: 'Assign to' }, options: [] },
      ],
    },
    shown: '[Runbook](https://wiki.example/run) · Acknowledge · Assign to',
  },
  input: {
    block: { type: 'input', label: { type: 'plain_text', text: 'Name' }, element: { type: 'plain_text_input' } },
    shown: 'Name',
  },
  video: {
    block: {
      type: 'video',
      title: { type: 'plain_text', text: 'How to' },
      title_url: 'https://video.example/1',
      description: { type: 'plain_text', text: 'A tour' },
      video_url: 'https://video.example/embed/1',
      alt_text: 'a tour',
      thumbnail_url: 'https://video.example/1.png',
    },
    shown: '[How to](https://video.example/1)\nA tour',
  },
  file: { block: { type: 'file', external_id: 'ABCD1', source: 'remote' }, shown: 'File ABCD1' },
  markdown: { block: { type: 'markdown', text: '**Lots** of _words_' }, shown: '**Lots** of _words_' },
  table: {
    block: {
      type: 'table',
      rows: [
        [
          { type: 'raw_text', text: 'Host' },
          { type: 'raw_text', text: 'Load' },
        ],
        [
          {
            type: 'rich_text',
            elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: 'db1', style: { bold: true } }] }],
          },
          { type: 'raw_text', text: '7' },
        ],
      ],
    },
    shown: 'Host | Load\n**db1** | 7',
  },
  rich_text: {
    block: {
      type: 'rich_text',
      elements: [
        {
          type: 'rich_text_section',
          elements: [
            { type: 'text', text: 'Hello ' },
            { type: 'text', text: 'bold ', style: { bold: true } },
            { type: 'text', text: 'struck', style: { strike: true, italic: true } },
            { type: 'text', text: ' and ' },
            { type: 'text', text: 'a*b', style: { code: true } },
            { type: 'link', url: 'https://a.example/', text: 'there' },
            { type: 'emoji', name: 'wave', unicode: '1f44b-1f3fb' },
            { type: 'emoji', name: 'our-logo' },
            { type: 'user', user_id: 'U1' },
            { type: 'channel', channel_id: 'C1' },
            { type: 'usergroup', usergroup_id: 'S1' },
            { type: 'broadcast', range: 'here' },
            { type: 'broadcast', range: 'channel' },
            { type: 'color', value: '#F405B3' },
            { type: 'date', timestamp: 1628633820, format: '{date_num}', fallback: 'August 10' },
            { type: 'date', timestamp: 1628633820, format: '{date_num}' },
          ],
        },
        {
          type: 'rich_text_list',
          style: 'ordered',
          offset: 2,
          elements: [
            { type: 'rich_text_section', elements: [{ type: 'text', text: 'three' }] },
            { type: 'rich_text_section', elements: [{ type: 'text', text: 'four' }] },
          ],
        },
        {
          type: 'rich_text_list',
          style: 'bullet',
          indent: 1,
          elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: 'within' }] }],
        },
        { type: 'rich_text_quote', elements: [{ type: 'text', text: 'one\ntwo' }] },
        { type: 'rich_text_preformatted', elements: [{ type: 'text', text: 'x < y <@all>' }] },
      ],
    },
    shown:
      'Hello **bold** _~~struck~~_ and `a*b`[there](https://a.example/)👋🏻:our-logo:@U1#C1@S1@here<@all>#F405B3August 102021-08-10 22:17 UTC\n' +
      '3. three\n4. four\n   - within\n> one\n> two\n```\nx < y <\u200b@all>\n```',
  },
  'a type that comes later': {
    block: {
      type: 'card',
      title: { type: 'plain_text', text: 'Title' },
      elements: [{ type: 'mrkdwn', text: '*more*' }],
    },
    shown: 'Title\n**more**',
  },
}

interface ToolExample {
  /** All of them are written by hand, after what the tool's documentation shows. */
  payload: object
  shown: string
}

/** Payloads as monitoring tools send them to Slack's incoming webhooks. */
export const toolExamples: Record<string, ToolExample> = {
  'Rollbar (https://docs.rollbar.com/docs/slack)': {
    payload: {
      username: 'Rollbar',
      attachments: [
        {
          fallback: '[Web] #7 TypeError',
          pretext: '[Web] production - <https://rollbar.example/7|#7 TypeError>',
          color: '#d00000',
          fields: [
            { title: 'Times Occurred', value: 1, short: true },
            { title: 'Resolved', value: false, short: true },
            { title: 'Assignee', value: null, short: true },
          ],
        },
      ],
    },
    shown:
      '[Web] production - [#7 TypeError](https://rollbar.example/7)\nTimes Occurred: 1\nResolved: false\nAssignee: null',
  },
  'Prometheus Alertmanager (https://prometheus.io/docs/alerting/latest/configuration/#slack_config)': {
    payload: {
      channel: '#alerts',
      username: 'Alertmanager',
      attachments: [
        {
          title: '[FIRING:1] HighLoad (db1)',
          title_link: 'https://am.example/#/alerts?receiver=slack',
          text: '*Alert:* load is 9.1\n*Severity:* `critical`',
          fallback: '[FIRING:1] HighLoad',
          footer: '',
          color: 'danger',
          mrkdwn_in: ['fallback', 'pretext', 'text'],
          actions: [{ type: 'button', text: 'Runbook :green_book:', url: 'https://wiki.example/load' }],
        },
      ],
    },
    shown:
      '[\\[FIRING:1\\] HighLoad %s](https://am.example/#/alerts?receiver=slack)\n**Alert:** load is 9.1\n**Severity:** `critical`\n[Runbook :green_book:](https://wiki.example/load)'.replace(
        '%s',
        '(db1)',
      ),
  },
  'Grafana (https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/configure-slack/)':
    {
      payload: {
        channel: 'alerts',
        attachments: [
          {
            title: '[FIRING:1] Disk (node1)',
            title_link: 'https://grafana.example/alerting/list',
            text: '**Firing**\n\nValue: A=93',
            fallback: '[FIRING:1] Disk',
            footer: 'Grafana v11.0.0',
            footer_icon: 'https://grafana.example/i.png',
            ts: 1700000000,
            image_url: 'https://grafana.example/shot.png',
            color: '#D63232',
          },
        ],
      },
      shown:
        '[\\[FIRING:1\\] Disk (node1)](https://grafana.example/alerting/list)\n**Firing**\n\nValue: A=93\n[Image](https://grafana.example/shot.png)\nGrafana v11.0.0 | 2023-11-14 22:13 UTC',
    },
  'Sentry (https://docs.sentry.io/organization/integrations/notification-incidents/slack/)': {
    payload: {
      text: 'Error in checkout',
      blocks: [
        { type: 'section', text: { type: 'mrkdwn', text: ':red_circle: *<https://sentry.example/1|ValueError>*' } },
        { type: 'section', text: { type: 'mrkdwn', text: '```bad value: &lt;none&gt;```' } },
        { type: 'context', elements: [{ type: 'mrkdwn', text: 'State: *New*   First Seen: *now*' }] },
        {
          type: 'actions',
          elements: [{ type: 'button', action_id: 'resolve', text: { type: 'plain_text', text: 'Resolve' } }],
        },
      ],
    },
    shown:
      ':red_circle: **[ValueError](https://sentry.example/1)**\n```bad value: <none>```\nState: **New**   First Seen: **now**\nResolve',
  },
  'Datadog (https://docs.datadoghq.com/integrations/slack/)': {
    payload: {
      attachments: [
        {
          author_name: 'Datadog',
          title: 'Triggered: CPU high',
          title_link: 'https://dd.example/event?id=1',
          text: 'CPU > 90 %\n@slack-ops',
          fields: [{ title: 'Metric value', value: 91.5 }],
        },
      ],
    },
    shown: 'Datadog\n[Triggered: CPU high](https://dd.example/event?id=1)\nCPU > 90 %\n@slack-ops\nMetric value: 91.5',
  },
  'Jenkins (https://plugins.jenkins.io/slack/)': {
    payload: {
      text: 'web » #12 Failure after 3 min \u001b[31mERROR\u001b[0m (<https://ci.example/12|Open>)\r\n',
      attachments: [{ color: 'danger', author_name: 'CI only' }],
    },
    shown: 'web » #12 Failure after 3 min ERROR ([Open](https://ci.example/12))\n\nCI only',
  },
  'GitLab (https://docs.gitlab.com/user/project/integrations/slack/)': {
    payload: {
      text: 'Ada pushed to branch <https://git.example/a/commits/main|main>',
      attachments: [{ color: '#345', text: '<https://git.example/a/1|1a2b3c>: Fix it - Ada' }],
    },
    shown:
      'Ada pushed to branch [main](https://git.example/a/commits/main)\n[1a2b3c](https://git.example/a/1): Fix it - Ada',
  },
  'Uptime Kuma (https://github.com/louislam/uptime-kuma)': {
    payload: {
      text: 'Uptime Kuma Alert',
      channel: '#ops',
      attachments: [
        {
          color: '#e01e5a',
          blocks: [
            { type: 'header', text: { type: 'plain_text', text: 'Uptime Kuma Alert' } },
            {
              type: 'section',
              fields: [
                { type: 'mrkdwn', text: '*Message*\n[shop] [🔴 Down] timeout' },
                { type: 'mrkdwn', text: '*Time (UTC)*\n2026-01-01 10:00' },
              ],
            },
            {
              type: 'actions',
              elements: [
                {
                  type: 'button',
                  text: { type: 'plain_text', text: 'Visit' },
                  value: 'Uptime-Kuma',
                  url: 'https://up.example/',
                },
              ],
            },
          ],
        },
      ],
    },
    shown:
      'Uptime Kuma Alert\nUptime Kuma Alert\n**Message**\n[shop] [🔴 Down] timeout\n**Time (UTC)**\n2026-01-01 10:00\n[Visit](https://up.example/)',
  },
  'Nagios (https://github.com/tinyspeck/services-examples/blob/master/nagios.pl)': {
    payload: {
      channel: '#ops',
      username: 'nagios',
      text: ':warning: HOST: db1   MESSAGE: PING CRITICAL <https://nagios.example/db1|See Nagios>',
    },
    shown: ':warning: HOST: db1   MESSAGE: PING CRITICAL [See Nagios](https://nagios.example/db1)',
  },
  'Netdata (https://learn.netdata.cloud/docs/alerts-&-notifications/notifications/agent-dispatched-notifications/slack)':
    {
      payload: {
        channel: '#alarms',
        text: 'db1 needs attention, `disk` (_disk_), *space = 95%*',
        attachments: [
          {
            fallback: 'db1 needs attention',
            title: 'space = 95%',
            title_link: 'https://netdata.example/goto',
            text: 'how full',
            fields: [
              { title: 'disk', short: true },
              { title: 'family', short: true },
            ],
            footer: 'db1',
            ts: 1700000000,
          },
        ],
      },
      shown:
        'db1 needs attention, `disk` (_disk_), **space = 95%**\n[space = 95%](https://netdata.example/goto)\nhow full\ndisk\nfamily\ndb1 | 2023-11-14 22:13 UTC',
    },
  'Argo CD (https://argo-cd.readthedocs.io/en/stable/operator-manual/notifications/services/slack/)': {
    payload: {
      text: 'Application shop is now degraded',
      attachments: [
        {
          title: 'shop',
          title_link: 'https://argo.example/applications/shop',
          color: '#f4c030',
          fields: [
            { title: 'Health Status', value: 'Degraded', short: true },
            { title: 'Repository', value: 'https://git.example/shop', short: true },
            { title: 'Revision', value: 12, short: true },
          ],
        },
      ],
    },
    shown:
      'Application shop is now degraded\n[shop](https://argo.example/applications/shop)\nHealth Status: Degraded\nRepository: https://git.example/shop\nRevision: 12',
  },
}
