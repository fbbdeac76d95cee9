namespace Raft.Transport.Grpc.Peers;

/// <summary>Rules for the address of a peer.</summary>
internal static class PeerAddress
{
    /// <summary>Says what is wrong with an address, and what to do; <c>null</c> when it can be used.</summary>
    public static string? Problem(Uri address, bool haveCertificate, bool allowPlaintextOnLoopback)
    {
        if (!address.IsAbsoluteUri || (address.Scheme != Uri.UriSchemeHttps && address.Scheme != Uri.UriSchemeHttp)
            || address.AbsolutePath != "/" || address.Query.Length > 0 || address.UserInfo.Length > 0)
        {
            return $"'{address}' is not of the form https://HOST:PORT";
        }

        if (address.Scheme == Uri.UriSchemeHttps)
        {
            return haveCertificate ? null : $"'{address}' needs a certificate of this node, and none is given";
        }

        return !address.IsLoopback ? $"'{address}' would be reached without TLS: use https"
            : !allowPlaintextOnLoopback ? $"'{address}' would be reached without TLS: use https, or set AllowPlaintextOnLoopback for a trial"
            : null;
    }

    /// <summary>Reads an address.</summary>
    /// <returns>The address, or what is wrong with it.</returns>
    public static (Uri? Address, string? Problem) Read(string text, bool haveCertificate, bool allowPlaintextOnLoopback)
    {
        string? problem = Uri.TryCreate(text, UriKind.Absolute, out Uri? address)
            ? Problem(address, haveCertificate, allowPlaintextOnLoopback)
            : $"'{text}' is not of the form https://HOST:PORT";
        return problem is null ? (address, null) : (null, problem);
    }

    /// <summary>The one form in which an address travels: ASCII, with port, without a path.</summary>
    public static string Format(Uri address)
        => address.HostNameType == UriHostNameType.IPv6
            ? $"{address.Scheme}://[{address.IdnHost}]:{address.Port}"
            : $"{address.Scheme}://{address.IdnHost}:{address.Port}";
}
