using System.Text;
using NUnit.Framework;
using Raft.Core.Log;
using Raft.Core.Sessions;
using Raft.Core.StateMachine;
using Raft.Jepsen.Serving;

namespace NexaLoak.Tests.Jepsen;

[Parallelizable(ParallelScope.All)]
internal sealed class StoreMachineTests
{
    private static readonly string[] Requests =
    [
        """{"op":"write","key":"r","value":1}""", """{"op":"append","key":"l","value":1}""", """{"op":"append","key":"l","value":2}""",
        """{"op":"open","key":"b","value":{"x":5,"a":7}}""", """{"op":"transfer","key":"b","value":{"from":"x","to":"a","amount":3}}""",
        """{"op":"cas","key":"r","value":[1,4]}""", """{"op":"cas","key":"r","value":[1,5]}""", "malformed", """{"op":"append","key":"r","value":2}""",
    ];

    [Test]
    public void A_state_that_was_saved_and_loaded_goes_on_the_same()
    {
        for (int cut = 0; cut <= Requests.Length; cut++)
        {
            var whole = new ReplicatedState(Plant.None);
            var first = new ReplicatedState(Plant.None);
            var second = new ReplicatedState(Plant.None);
            Apply(whole, 0, Requests.Length);
            Apply(first, 0, cut);
            using var content = new MemoryStream();
            using (IStateMachineSnapshot captured = first.Capture())
            {
                captured.WriteTo(content, CancellationToken.None);
            }

            content.Position = 0;
            second.Restore(content);
            Assert.That(second.ComputeHash(), Is.EqualTo(first.ComputeHash()), $"after {cut}");
            Apply(second, cut, Requests.Length);
            Assert.That(second.ComputeHash(), Is.EqualTo(whole.ComputeHash()), $"cut after {cut}");
        }
    }

    [Test]
    public void Every_change_shows_in_the_hash()
    {
        var state = new ReplicatedState(Plant.None);
        var hashes = new HashSet<string> { state.ComputeHash() };
        for (int i = 0; i < Requests.Length; i++)
        {
            Apply(state, i, i + 1);
            Assert.That(hashes.Add(state.ComputeHash()), Is.True, Requests[i]);
        }
    }

    [TestCase(Plant.None, 1)]
    [TestCase(Plant.NoDeduplication, 2)]
    public void What_is_sent_again_is_carried_out_once_unless_a_bug_is_planted(Plant plant, int times)
    {
        var state = new ReplicatedState(plant);
        DateTimeOffset now = DateTimeOffset.UnixEpoch;
        state.Apply(new Entry(1, 1, EntryType.Command, SessionCodec.Encode(SessionCommand.Open(now))));
        byte[] append = SessionCodec.Encode(SessionCommand.Propose(now, 1, 1, 1, Encoding.UTF8.GetBytes(Requests[1])));
        state.Apply(new Entry(1, 2, EntryType.Command, append));
        state.Apply(new Entry(1, 3, EntryType.Command, append));
        Assert.That((System.Collections.Immutable.ImmutableList<long>)state.Keys.Values["l"], Has.Count.EqualTo(times));
    }

    private static void Apply(ReplicatedState state, int from, int to)
    {
        for (int i = from; i < to; i++)
        {
            byte[] command = SessionCodec.Encode(SessionCommand.Plain(DateTimeOffset.UnixEpoch, Encoding.UTF8.GetBytes(Requests[i])));
            state.Apply(new Entry(1, (ulong)i + 1, EntryType.Command, command));
        }
    }
}
