using NexaLoak.Orchestrator.Dns;

namespace NexaLoak.Orchestrator.Hosting;

/// <summary>
/// Looks at start whether the DNS provider lets this node do its work. A refusal (token, zone) ends the start: only the operator can help.
/// A provider that can't be reached ends the first start of a node, when a wrong configuration is the likely reason; later on the cluster
/// needs the node's vote whether or not the provider answers, so it is a warning then.
/// </summary>
internal sealed partial class DomainAccess(IServiceDomain domain, ILogger<DomainAccess> logger)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Lists the domain once.</summary>
    /// <exception cref="OperatorException">The node must not start.</exception>
    public async Task CheckAsync(bool isFirstStart)
    {
        using var patience = new CancellationTokenSource(Patience);
        string trouble;
        try
        {
            await domain.ListAsync(patience.Token);
            return;
        }
        catch (DnsException refusal) when (refusal.Failure is not (DnsFailure.Transient or DnsFailure.RateLimited))
        {
            throw new OperatorException(refusal.Message, refusal);
        }
        catch (DnsException failure)
        {
            trouble = failure.Message;
        }
        catch (OperationCanceledException)
        {
            trouble = $"Cloudflare did not answer within {Patience.TotalSeconds:0} s.";
        }

        if (isFirstStart)
        {
            throw new OperatorException(
                $"{trouble} A new node needs Cloudflare once: check the network and dns.api in the configuration, then start it again.");
        }

        LogUnreachable(trouble);
    }

    [LoggerMessage(LogLevel.Warning, "The domain can't be looked at now; the node starts all the same: {Trouble}")]
    private partial void LogUnreachable(string trouble);
}
