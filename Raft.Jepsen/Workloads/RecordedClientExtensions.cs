using Raft.Jepsen.Histories;

namespace Raft.Jepsen.Workloads;

/// <summary>Records how requests ended.</summary>
internal static class RecordedClientExtensions
{
    /// <summary>Records the end of a request that was sent once. A read changes nothing, so one without an answer has failed.</summary>
    public static void End(this RecordedClient record, ClientRequest request, Answer answer)
    {
        bool reads = request.Kind == RequestKind.Read;
        switch (answer.Outcome)
        {
            case Outcome.Ok when reads:
                record.Ok(answer.Seen(), nodeRun: answer.Run);
                break;
            case Outcome.Ok:
                record.Ok();
                break;
            case Outcome.Unknown when !reads:
                record.Unknown(answer.Error ?? "no reason given");
                break;
            default:
                record.Fail(answer.Error ?? "no reason given");
                break;
        }
    }
}
