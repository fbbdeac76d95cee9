namespace NexaLoak.Orchestrator.Demo.Events;

/// <summary>The fleet works: it has a leader, and DNS answers with every server's address.</summary>
/// <param name="Dns">Where the domain can be asked for.</param>
/// <param name="Domain">The fleet's domain.</param>
/// <param name="Api">The fleet's status API, whichever nodes are alive: the leader's answers, or another node's while none leads.</param>
/// <param name="Cloudflare">Base address of the emulated Cloudflare's API.</param>
/// <param name="Journal">Where the emulator tells what it was asked to do.</param>
/// <param name="Leader">Name of the leading node.</param>
/// <param name="Data">Folder of the nodes' files, removed at the end.</param>
/// <param name="Nodes">The servers.</param>
internal sealed record ReadyEvent(
    string Dns, string Domain, string Api, string Cloudflare, string Journal, string Leader, string Data, IReadOnlyList<ReadyNode> Nodes)
    : DemoEvent
{
    /// <inheritdoc/>
    public override string ToString()
        => $"ready: {Nodes.Count} nodes, {Leader} leads; try: dig +short @{Dns.Replace(":", " -p ", StringComparison.Ordinal)} {Domain} A";
}
