/** Known problems of bitswap. */
import { type KnownProblem, kubo, thread } from './problem.ts';

export const bitswap: readonly KnownProblem[] = [
  {
    id: 'connect-event-contention',
    title: 'Thousands of connection events fight for one lock of bitswap',
    about: 'hang',
    url: kubo(8381),
    fixedIn: '0.14.0',
    sure: 'very likely',
    sign: {
      in: 'dump',
      frames: [
        [
          'go-bitswap/network.(*connectEventManager).Disconnected',
          'go-bitswap/network.(*connectEventManager).Connected',
          'bitswap/network.(*connectEventManager).Disconnected',
          'bitswap/network.(*connectEventManager).Connected',
        ],
      ],
      classes: ['lock', 'semaphore'],
      minutes: 0,
      count: 500,
    },
  },
  {
    id: 'task-workers-close',
    title: "bitswap's workers wait for silent peers while they close streams, and nobody is served meanwhile",
    about: 'hang',
    url: thread('ipfs/boxo', 1142),
    // boxo v0.39.0 closes streams beside the worker; it is in 0.41.0.
    fixedIn: '0.41.0',
    sure: 'very likely',
    sign: {
      in: 'dump',
      frames: [
        [
          'go-multistream.(*lazyClientConn[…]).Close',
          'go-multistream.(*lazyClientConn[…]).doReadHandshake',
          'go-multistream.(*lazyClientConn[…]).doWriteHandshake…',
        ],
        ['host/basic.(*streamWrapper).Close', 'bitswap/network/bsnet.(*impl).SendMessage', 'bitswap/network.(*impl).SendMessage'],
        ['bitswap/server.(*Server).taskWorker'],
      ],
      minutes: 0,
      // Of 8 workers, unless the config says otherwise.
      count: 6,
    },
  },
  {
    id: 'wantlist-copy-cpu',
    title: 'bitswap copies its whole wantlist for each message',
    about: 'cpu',
    url: kubo(8381),
    sure: 'likely',
    sign: {
      in: 'cpu',
      frames: [
        ['go-bitswap/message.(*impl).Wantlist', 'bitswap/message.(*impl).Wantlist'],
        [
          'go-bitswap/client/internal/messagequeue.(*MessageQueue).sendMessage',
          'go-bitswap/internal/messagequeue.(*MessageQueue).sendMessage',
          'go-bitswap/messagequeue.(*MessageQueue).sendMessage',
          'bitswap/client/internal/messagequeue.(*MessageQueue).sendMessage',
        ],
      ],
      share: 0.3,
      least: 0.5,
    },
  },
  {
    id: 'session-lock-pileup',
    title: 'bitswap sessions pile up behind each other under load',
    about: 'hang',
    url: kubo(6386),
    sure: 'likely',
    sign: {
      in: 'dump',
      frames: [
        [
          'go-bitswap/sessionmanager.(*SessionManager).…',
          'go-bitswap/session.(*Session).…',
          'go-bitswap/wantmanager.(*WantManager).…',
          'go-bitswap/peermanager.(*PeerManager).…',
        ],
      ],
      classes: ['lock', 'semaphore'],
      minutes: 0,
      count: 1000,
    },
    next: ['A mutex profile would confirm it: `curl -X POST "localhost:5001/debug/pprof-mutex/?fraction=10"`, wait, then fetch `/debug/pprof/mutex`.'],
  },
  {
    id: 'session-unbuffered-response',
    title: 'A bitswap session hands over a block that nobody takes any more',
    about: 'hang',
    url: kubo(4394),
    fixedIn: '0.4.14',
    sure: 'likely',
    sign: {
      in: 'dump',
      frames: [
        [
          'exchange/bitswap.(*Session).receiveBlock…',
          'exchange/bitswap.(*Session).ReceiveBlock…',
          'exchange/bitswap.(*Session).interestedIn',
          'exchange/bitswap.(*Session).GetBlock…',
          'exchange/bitswap.(*Session).run',
        ],
      ],
      classes: ['channel'],
      minutes: 10,
      count: 1,
    },
  },
  {
    id: 'notification-leak',
    title: 'bitswap leaves a notification loop behind for each request',
    about: 'memory',
    url: kubo(4657),
    fixedIn: '0.4.14',
    sure: 'very likely',
    sign: { in: 'dump', frames: [['briantigerchow/pubsub.(*PubSub).start', 'pubsub.(*PubSub).start']], minutes: 0, count: 1000 },
  },
  {
    id: 'wantlist-per-partner',
    title: 'bitswap keeps a copy of the wantlist for each partner',
    about: 'memory',
    url: kubo(8797),
    sure: 'likely',
    sign: {
      in: 'heap',
      frames: [
        [
          'go-bitswap/wantlist.(*Wantlist).…',
          'bitswap/client/wantlist.(*Wantlist).…',
          'go-bitswap/client/wantlist.(*Wantlist).…',
          'go-bitswap/message.(*impl).addEntry',
          'bitswap/message.(*impl).addEntry',
          'go-bitswap/client/internal/messagequeue.(*recallWantlist).…',
          'go-bitswap/internal/messagequeue.(*recallWantlist).…',
          'bitswap/client/internal/messagequeue.(*recallWantlist).…',
        ],
      ],
      share: 0.3,
      least: 200 * 2 ** 20,
    },
  },
  {
    id: 'session-interest-cpu',
    title: 'bitswap spends its time removing sessions',
    about: 'cpu',
    url: thread('ipfs/boxo', 296),
    sure: 'likely',
    sign: {
      in: 'cpu',
      frames: [
        [
          'go-bitswap/internal/sessioninterestmanager.(*SessionInterestManager).RemoveSession',
          'bitswap/client/internal/sessioninterestmanager.(*SessionInterestManager).RemoveSession…',
          'go-bitswap/client/internal/sessioninterestmanager.(*SessionInterestManager).RemoveSession…',
        ],
      ],
      share: 0.25,
      least: 0.5,
    },
  },
  {
    id: 'message-queue-cpu',
    title: 'bitswap spends its time building messages',
    about: 'cpu',
    url: thread('ipfs/boxo', 296),
    sure: 'likely',
    sign: {
      in: 'cpu',
      frames: [
        [
          'bitswap/client/internal/messagequeue.(*MessageQueue).extractOutgoingMessage',
          'go-bitswap/internal/messagequeue.(*MessageQueue).extractOutgoingMessage',
          'go-bitswap/client/internal/messagequeue.(*MessageQueue).extractOutgoingMessage',
        ],
      ],
      share: 0.25,
      least: 0.5,
    },
  },
  {
    id: 'message-queue-lock',
    title: 'bitswap clients fight for the lock of their message queues',
    about: 'hang',
    url: 'https://github.com/ipfs/boxo/pull/817',
    fixedIn: '0.33.1',
    sure: 'likely',
    sign: {
      in: 'dump',
      frames: [
        [
          'bitswap/client/internal/messagequeue.(*MessageQueue).…',
          'bitswap/client/internal/peermanager.(*PeerManager).…',
          'bitswap/client/internal/sessioninterestmanager.(*SessionInterestManager).…',
        ],
      ],
      classes: ['lock'],
      minutes: 0,
      count: 200,
    },
  },
];
