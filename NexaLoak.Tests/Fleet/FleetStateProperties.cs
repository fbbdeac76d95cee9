using FsCheck;
using FsCheck.Fluent;
using NexaLoak.Orchestrator.Fleet;
using NexaLoak.Orchestrator.Protos;
using NUnit.Framework;
using Raft.Core.Log;
using Raft.Core.StateMachine;

namespace NexaLoak.Tests.Fleet;

[TestFixture]
[Parallelizable(ParallelScope.All)]
internal sealed class FleetStateProperties
{
    [Test]
    public void Same_commands_give_the_same_replies_and_hashes() => Check(entries =>
    {
        var left = new FleetState();
        var right = new FleetState();
        for (int i = 0; i < entries.Length; i++)
        {
            byte[] reply = Apply(left, entries[i], i);
            string hash = left.View.StateHash;
            if (!Apply(right, entries[i], i).AsSpan().SequenceEqual(reply) || right.View.StateHash != hash)
            {
                return false;
            }
        }

        return true;
    });

    [Test]
    public void A_state_that_was_saved_and_restored_goes_on_as_if_it_had_not_been() => Check(entries =>
    {
        var whole = new FleetState();
        var restored = new FleetState();
        for (int i = 0; i < entries.Length; i++)
        {
            // Where to save is drawn with the commands.
            if (entries[i].Payload.Length % 3 == 0)
            {
                byte[] saved = Save(restored);
                restored = new FleetState();
                Apply(restored, entries[0], entries.Length);
                restored.Restore(new MemoryStream(saved));
                if (!Save(whole).AsSpan().SequenceEqual(saved) || !Save(restored).AsSpan().SequenceEqual(saved))
                {
                    return false;
                }
            }

            byte[] reply = Apply(whole, entries[i], i);
            if (!Apply(restored, entries[i], i).AsSpan().SequenceEqual(reply) || restored.View.StateHash != whole.View.StateHash)
            {
                return false;
            }
        }

        return true;
    });

    [Test]
    public void A_refused_command_changes_nothing() => Check(entries =>
    {
        var state = new FleetState();
        for (int i = 0; i < entries.Length; i++)
        {
            FleetData before = state.View.Fleet;
            CommandReply reply = CommandReply.Parser.ParseFrom(Apply(state, entries[i], i));
            if (!reply.Accepted && (!ReferenceEquals(before, state.View.Fleet) || reply.Reason.Length == 0))
            {
                return false;
            }
        }

        return true;
    });

    [Test]
    public void Names_addresses_and_Raft_ids_stay_unique() => Check(entries =>
    {
        FleetData fleet = Run(entries).View.Fleet;
        return fleet.Nodes.Values.DistinctBy(node => node.Address).Count() == fleet.Nodes.Count
            && fleet.Nodes.Values.DistinctBy(node => node.RaftId).Count() == fleet.Nodes.Count
            && fleet.Nodes.All(entry => entry.Key == entry.Value.Name);
    });

    [Test]
    public void At_most_one_operation_on_a_subject_is_unfinished() => Check(entries =>
    {
        List<Operation> unfinished = [.. Run(entries).View.Fleet.Operations.Values.Where(operation => operation.IsUnfinished)];
        return unfinished.DistinctBy(operation => operation.Subject).Count() == unfinished.Count;
    });

    [Test]
    public void The_generated_commands_reach_every_kind_of_incident()
    {
        var seen = new HashSet<IncidentKind>();
        for (int run = 0; run < 100 && seen.Count < 8; run++)
        {
            (ulong Term, byte[] Payload)[] entries = [.. CommandGenerator.Entry.Sample(200)];
            seen.UnionWith(Run(entries).View.Fleet.Incidents.Select(incident => incident.Kind));
        }

        Assert.That(seen, Has.Count.EqualTo(8), "otherwise the properties say little");
    }

    private static void Check(Func<(ulong Term, byte[] Payload)[], bool> property) =>
        Prop.ForAll(CommandGenerator.Entries, property).Check(Config.QuickThrowOnFailure.WithMaxTest(200).WithEndSize(120));

    private static FleetState Run((ulong Term, byte[] Payload)[] entries)
    {
        var state = new FleetState();
        for (int i = 0; i < entries.Length; i++)
        {
            Apply(state, entries[i], i);
        }

        return state;
    }

    private static byte[] Save(FleetState state)
    {
        using var content = new MemoryStream();
        using IStateMachineSnapshot captured = state.Capture();
        captured.WriteTo(content, CancellationToken.None);
        return content.ToArray();
    }

    private static byte[] Apply(FleetState state, (ulong Term, byte[] Payload) entry, int position) =>
        state.Apply(new Entry(entry.Term, (ulong)position + 1, EntryType.Command, entry.Payload)).ToArray();
}
