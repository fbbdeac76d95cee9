using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace NexaLoak.Orchestrator.Configuration;

/// <summary>IPv4 addresses in the one form that DNS records and people use.</summary>
internal static class Ip
{
    /// <summary>Takes four decimal numbers only; the framework's own parser would also take <c>1</c> or <c>0x7f.1</c>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out IPAddress? address)
        => IPAddress.TryParse(text, out address) && address.AddressFamily is AddressFamily.InterNetwork && address.ToString() == text;
}
