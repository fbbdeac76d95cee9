namespace NexaLoak.Orchestrator.Demo.Processes;

/// <summary>
/// The VPN service of one server of the demo. Disposing it is what a crash of its machine does: the port is closed at once.
/// </summary>
internal interface IVpnService : IAsyncDisposable;
