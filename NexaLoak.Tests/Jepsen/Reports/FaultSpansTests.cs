using NUnit.Framework;
using Raft.Jepsen.Histories;
using Raft.Jepsen.Reports;

namespace NexaLoak.Tests.Jepsen.Reports;

[TestFixture]
public sealed class FaultSpansTests
{
    [Test]
    public void A_fault_lasts_from_its_start_to_the_stop_for_the_same_nodes()
        => Expect(
            "kill [1] 10-40, kill [2] 20-30",
            Fault(10, "start-kill", 1), Fault(20, "start-kill", 2), Fault(30, "stop-kill", 2), Fault(40, "stop-kill", 1));

    [Test]
    public void The_order_of_the_nodes_does_not_matter()
        => Expect("partition [1 2] 10-20", Fault(10, "start-partition", 1, 2), Fault(20, "stop-partition", 2, 1), Fault(50, "transfer", 3));

    [Test]
    public void A_stop_that_names_nobody_ends_all_of_its_name()
        => Expect(
            "pause [1] 10-40, pause [2] 20-40, kill [3] 30-50",
            Fault(10, "start-pause", 1), Fault(20, "start-pause", 2), Fault(30, "start-kill", 3), Fault(40, "stop-pause"), Fault(50, "stop-kill", 3));

    [Test]
    public void What_is_not_ended_lasts_to_the_end() => Expect("kill [1] 10-90", Fault(10, "start-kill", 1), Fault(90, "stop-pause"));

    [Test]
    public void What_does_not_last_has_no_length() => Expect("transfer [2] 10-10", Fault(10, "transfer", 2));

    private static (long At, string Fault, ulong[] Nodes) Fault(long at, string fault, params ulong[] nodes) => (at, fault, nodes);

    /// <summary>Spans that are worth a word; those without a length only when nothing else is there.</summary>
    private static void Expect(string expected, params (long At, string Fault, ulong[] Nodes)[] faults)
    {
        var history = new History([.. faults.Select((fault, i) => new NemesisEvent(i, fault.At, fault.Fault, fault.Nodes, null))]);
        IEnumerable<FaultSpan> spans = FaultSpans.Of(history);
        spans = faults.Length > 1 ? spans.Where(span => span.ToNs > span.FromNs) : spans;
        string found = string.Join(", ", spans.Select(span => $"{span.Fault} [{string.Join(' ', span.Nodes)}] {span.FromNs}-{span.ToNs}"));
        Assert.That(found, Is.EqualTo(expected));
    }
}
