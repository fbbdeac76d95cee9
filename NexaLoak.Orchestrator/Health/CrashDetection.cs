using NexaLoak.Orchestrator.Fleet;
using NexaLoak.Orchestrator.Protos;
using Raft.Core.Consensus;
using Raft.Core.Node;

namespace NexaLoak.Orchestrator.Health;

/// <summary>While this node leads, looks at the nodes at a steady pace and replicates every verdict that changes.</summary>
internal sealed partial class CrashDetection(
    IRaft raft, FleetState state, FleetProposer proposer, HealthOptions options, TimeProvider time, ILogger<CrashDetection> logger)
    : BackgroundService
{
    private readonly WellnessClock _wellness = new(time);
    private ulong _term;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.JudgeInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            try
            {
                await JudgeAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is NotLeaderException or ProposalDroppedException or OutcomeUnknownException
                or CommandRefusedException)
            {
                // Whoever leads next judges anew; this node does so at its next look, if it still leads.
                LogInterrupted(exception.Message);
            }
            catch (RaftStoppedException)
            {
                return;
            }
        }
    }

    private async Task JudgeAsync(CancellationToken cancellationToken)
    {
        RaftStatus status = raft.Status;
        if (status.Role != Role.Leader)
        {
            _term = 0;
            return;
        }

        if (_term != status.Term)
        {
            // Verdicts build on everything that earlier leaders committed.
            await raft.ReadBarrierAsync(ReadConsistency.Leader, cancellationToken).ConfigureAwait(false);
            _wellness.Reset();
            _term = status.Term;
        }

        bool inGrace = CrashDetector.InGrace(status, options);
        foreach (NodeSighting sighting in CrashDetector.Look(state.View.Fleet, status, options))
        {
            TimeSpan wellFor = _wellness.Observe(sighting);
            if (CrashDetector.Judge(sighting, inGrace, wellFor, options) is { } verdict)
            {
                await proposer.ProposeAsync(new Command { JudgeNode = verdict }, status.Term, cancellationToken).ConfigureAwait(false);
                LogJudged(verdict.Name, verdict.Health, verdict.Control);
            }
        }
    }

    [LoggerMessage(LogLevel.Information, "Node {Name} is now judged {Health}, its control link {Control}.")]
    private partial void LogJudged(string name, NodeHealth health, ControlState control);

    [LoggerMessage(LogLevel.Information, "Judging the nodes was interrupted: {Reason}")]
    private partial void LogInterrupted(string reason);
}
