using NexaLoak.Orchestrator.Health;
using NexaLoak.Orchestrator.Protos;
using NUnit.Framework;

namespace NexaLoak.Tests.Health;

[TestFixture]
internal sealed class ServiceHysteresisTests
{
    // + is a success, - a failure, ? says nothing; below each the state that follows: u(p), d(own), . (unknown).
    [TestCase("++", ".u")]
    [TestCase("+-+-+-", "......")]
    [TestCase("---", "..d")]
    [TestCase("++--+--", ".uuuuuu")]
    [TestCase("++---", ".uuud")]
    [TestCase("---+-+", "..dddd")]
    [TestCase("---++", "..ddu")]
    [TestCase("++-??-?-", ".uuuuuud")]
    [TestCase("????", "....")]
    public void The_state_changes_only_after_enough_equal_results(string probes, string states)
    {
        var hysteresis = new ServiceHysteresis(probesUntilDown: 3, probesUntilUp: 2);
        string seen = "";
        foreach (char probe in probes)
        {
            ServiceState before = hysteresis.State;
            bool changed = hysteresis.Add(probe switch { '+' => ProbeResult.Success, '-' => ProbeResult.Failure, _ => ProbeResult.Inconclusive });
            Assert.That(changed, Is.EqualTo(before != hysteresis.State));
            seen += hysteresis.State switch { ServiceState.Up => 'u', ServiceState.Down => 'd', _ => '.' };
        }

        Assert.That(seen, Is.EqualTo(states));
    }
}
