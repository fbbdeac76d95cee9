using NUnit.Framework;
using Raft.Core.Log;
using Raft.Core.Sessions;
using Raft.Jepsen.Invariants;
using Raft.Jepsen.Simulation;

namespace NexaLoak.Tests.Simulation;

[Parallelizable(ParallelScope.All)]
internal sealed class SessionReferenceTests
{
    private const int Commands = 3000;

    /// <summary>Two descriptions of the same thing, also where the simulator's clients do not go: windows, several commands under way, ends.</summary>
    [Test]
    public void The_model_and_the_sessions_say_the_same([Range(1, 20)] int seed)
    {
        var random = new RandomStream((ulong)seed);
        var target = new SessionTarget();
        SessionStateMachine sessions = SessionStateMachine.Over(target);
        var reference = new SessionReference();
        var statuses = new HashSet<SessionStatus>();
        DateTimeOffset now = DateTimeOffset.UnixEpoch.AddYears(50);
        for (ulong index = 1; index <= Commands; index++)
        {
            now = now.AddMilliseconds(random.Between(-20, 50) + (random.Below(100) == 0 ? 1000 : 0));
            byte[] command = Draw(random, now, index);
            ReadOnlyMemory<byte> reply = sessions.Apply(new Entry(1, index, EntryType.Command, command));
            Assert.That(reference.Take(index, command), Is.EqualTo(reply.ToArray()), $"reply at {index}");
            Assert.That((reference.State, reference.Sessions), Is.EqualTo((target.State, sessions.SessionCount)), $"state at {index}");
            statuses.Add(SessionCodec.DecodeReply(reply).Status);
        }

        Assert.That(statuses, Is.EquivalentTo(Enum.GetValues<SessionStatus>()));
    }

    private static byte[] Draw(RandomStream random, DateTimeOffset now, ulong index)
    {
        // The newest sessions were opened lately.
        ulong session = (ulong)Math.Max(1, (long)index - random.Below(60));
        ulong lowest = (ulong)random.Between(1, 8);
        ulong sequence = lowest + (ulong)random.Below(6);
        return random.Below(20) switch
        {
            0 => [1, 2, 3],
            1 => SessionCodec.Encode(SessionCommand.Plain(now, new byte[] { 4, 5 })),
            < 8 => SessionCodec.Encode(SessionCommand.Open(now)),
            8 => SessionCodec.Encode(SessionCommand.KeepAlive(now, session, lowest)),
            9 => SessionCodec.Encode(SessionCommand.Close(now, session)),
            10 => SessionCodec.Encode(SessionCommand.Configure(now, DrawLimits(random))),
            _ => SessionCodec.Encode(SessionCommand.Propose(now, session, sequence, lowest, BitConverter.GetBytes(sequence))),
        };
    }

    private static SessionLimits DrawLimits(RandomStream random) => new()
    {
        Timeout = TimeSpan.FromMilliseconds(random.Between(1000, 3000)),
        MaxSessions = 1 + random.Below(30),
        Window = 1 + random.Below(8),
    };
}
