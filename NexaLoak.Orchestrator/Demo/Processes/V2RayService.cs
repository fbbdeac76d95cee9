using System.Net;
using System.Text.Json;

namespace NexaLoak.Orchestrator.Demo.Processes;

/// <summary>A real V2Ray with one VLESS inbound.</summary>
internal sealed class V2RayService : IVpnService
{
    /// <summary>What it is called in events.</summary>
    public const string ServiceKind = "v2ray";

    private const string Executable = "/usr/bin/v2ray";

    private readonly ChildProcess _process;

    private V2RayService(ChildProcess process) => _process = process;

    /// <summary>True where V2Ray is installed.</summary>
    public static bool IsInstalled { get; } = File.Exists(Executable);

    /// <summary>Starts V2Ray; it listens a moment later.</summary>
    public static async Task<V2RayService> StartAsync(ChildLauncher launcher, string folder, string name, IPEndPoint endPoint)
    {
        string file = Path.Combine(folder, "v2ray.json");
        await File.WriteAllTextAsync(file, Configuration(endPoint));
        return new V2RayService(await launcher.StartAsync($"{name}'s V2Ray", [Executable, "-config", file]));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static string Configuration(IPEndPoint endPoint) => JsonSerializer.Serialize(new
    {
        log = new { loglevel = "warning" },
        inbounds = new[]
        {
            new
            {
                listen = endPoint.Address.ToString(),
                port = endPoint.Port,
                protocol = "vless",
                settings = new { clients = new[] { new { id = Guid.NewGuid(), level = 0 } }, decryption = "none" },
                streamSettings = new { network = "tcp", security = "none" },
            },
        },
        outbounds = new[] { new { protocol = "freedom" } },
    });
}
