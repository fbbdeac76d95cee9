using System.Text;
using System.Text.Json;
using Raft.Core.Sessions;
using Raft.Jepsen.Histories;
using Raft.Jepsen.Serving;
using Raft.Jepsen.Simulation;

namespace Raft.Jepsen.Workloads;

/// <summary>
/// Sends the changes of one client in a client session: again and again until they are answered, or the client gives up. Each attempt is an
/// operation of its own in the history, and names the command that it belongs to. Some answers are thrown away, as if they had got lost on their way, so
/// that commands that were carried out are sent again. Not for two threads at once.
/// </summary>
internal sealed class SessionAttempts(Load load, RecordedClient record, RandomStream random) : IDisposable
{
    private const int LostAnswerChance = 60_000;
    private const string LostAnswer = "the harness threw the answer away";
    private const int MostAttempts = 12;

    // Short, so that many commands are sent again that were carried out after all.
    private static readonly TimeSpan AttemptLimit = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(50);

    private readonly IStoreNodes _nodes = load.Nodes;
    private SessionClient? _session;
    private bool _isLost;
    private int _turn;

    /// <summary>Has a change carried out.</summary>
    /// <returns>The last answer, and the node that gave it.</returns>
    public async Task<(Answer Answer, ulong Node)> SendAsync(ClientRequest request, ulong node, CancellationToken stop)
    {
        _session ??= await OpenAsync(node, stop).ConfigureAwait(false);
        SessionClient session = _session;
        SessionRequest command = await session.BeginAsync(RequestBody.Of(request), stop).ConfigureAwait(false);
        try
        {
            for (int attempt = 1; ; attempt++)
            {
                ClientRequest sent = request with { Node = node, Session = new Histories.SessionCommand(session.Id, command.Sequence, attempt) };
                Answer answer = await AttemptAsync(session, command, sent).ConfigureAwait(false);
                bool ended = answer.Outcome == Outcome.Ok || answer.IsRefusal || _isLost;
                if (ended || attempt == MostAttempts || stop.IsCancellationRequested)
                {
                    return (answer, node);
                }

                node = _nodes.Ids.Contains(answer.Leader) ? answer.Leader : NextNode();
                await load.PauseAsync(RetryDelay, CancellationToken.None).ConfigureAwait(false);
            }
        }
        finally
        {
            session.Abandon(command);
            if (_isLost)
            {
                Forget();
            }
        }
    }

    public void Dispose() => _session?.Dispose();

    private void Forget()
    {
        _session?.Dispose();
        (_session, _isLost) = (null, false);
    }

    private async Task<Answer> AttemptAsync(SessionClient session, SessionRequest command, ClientRequest sent)
    {
        byte[] body = session.Encode(command);
        record.Invoke(sent);
        Answer answer = await _nodes.PostAsync(sent.Node!.Value, StoreEndpoints.Commands, body, AttemptLimit).ConfigureAwait(false);
        switch (answer.Outcome)
        {
            case Outcome.Ok when random.Chance(LostAnswerChance):
                command.OutcomeUnknown = true;
                record.Unknown(LostAnswer);
                return Answer.Unclear(LostAnswer);
            case Outcome.Ok:
                return Complete(session, command, answer.Bytes);
            case Outcome.Unknown:
                command.OutcomeUnknown = true;
                record.Unknown(answer.Error ?? "no reason given");
                break;
            default:
                record.Fail(answer.Error ?? "no reason given");
                break;
        }

        return answer;
    }

    private Answer Complete(SessionClient session, SessionRequest command, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            if (!session.TryComplete(command, bytes, out ReadOnlyMemory<byte> reply))
            {
                record.Fail("no room in the session");
                return Answer.Failed("no room in the session");
            }

            using JsonDocument document = JsonDocument.Parse(reply);
            string text = Encoding.UTF8.GetString(reply.Span);
            if (document.RootElement.GetProperty("outcome").ValueEquals(StoreReply.Ok))
            {
                record.Ok(reply: text);
                return new Answer(Outcome.Ok);
            }

            record.Fail(document.RootElement.GetProperty("error").GetString()!, text);
            return Answer.Failed(text) with { IsRefusal = true };
        }
        catch (Exception lost) when (lost is SessionExpiredException or InvalidOperationException)
        {
            // The cluster does not know the session, or takes it for somebody else's: it has lost it. The attempt was not carried out.
            _isLost = true;
            record.Fail(lost.Message);
            return Answer.Failed(lost.Message);
        }
    }

    // Opening is safe to repeat, and is no part of what is checked.
    private async Task<SessionClient> OpenAsync(ulong node, CancellationToken stop)
    {
        while (true)
        {
            byte[] open = SessionClient.EncodeOpen(load.Clock);
            Answer answer = await _nodes.PostAsync(node, StoreEndpoints.Commands, open, Load.AnswerLimit, stop).ConfigureAwait(false);
            if (answer.Outcome == Outcome.Ok)
            {
                return new SessionClient(answer.Bytes, load.Clock);
            }

            node = _nodes.Ids.Contains(answer.Leader) ? answer.Leader : NextNode();
            await load.PauseAsync(RetryDelay, stop).ConfigureAwait(false);
        }
    }

    private ulong NextNode()
    {
        ulong[] nodes = _nodes.Ids;
        return nodes[_turn++ % nodes.Length];
    }
}
