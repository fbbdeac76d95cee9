using Raft.Core.Consensus;
using Raft.Core.Log;
using Raft.Core.Sessions;

namespace Raft.Jepsen.Simulation;

// Clients whose commands must be carried out at most once, however often they send them.
internal sealed partial class SimulatedCluster
{
    private readonly SessionUser[] _users = [.. Enumerable.Range(0, SessionUser.Count).Select(number => new SessionUser(number))];
    private long _turn;

    private DateTimeOffset WallClock => VirtualTime.TimeOfDay(_scheduler.Now / 1000 * 1000);

    /// <summary>Each client has its turn, and sends again what is not answered by then.</summary>
    private void ProposeInSession(SimulatedNode node, bool forward)
    {
        SessionUser user = _users[_turn++ % _users.Length];
        if (node.Core!.Propose(user.Encode(WallClock), forward, out LogId id) == ProposalStatus.Appended)
        {
            user.Waiting = (node, id);
        }
    }

    private void AnswerUsers(SimulatedNode node, in Entry entry)
    {
        foreach (SessionUser user in _users)
        {
            if (user.Waiting is { } waiting && waiting.Node == node && waiting.Id == entry.Id
                && user.Take(node.StateMachine.Reply) == SessionStatus.SessionExpired)
            {
                Count(Occurrence.SessionExpired);
            }
        }
    }

    private void ApplyInSession(SimulatedNode node, in Entry entry)
    {
        if ((!_plan.Sessions && _store is null) || entry.Type != EntryType.Command)
        {
            return;
        }

        if (node.StateMachine.ApplyInSession(entry with { Payload = _mutant.SessionPayload(entry.Payload, WallClock) }))
        {
            Count(Occurrence.DuplicateCommandSuppressed);
        }
    }
}
