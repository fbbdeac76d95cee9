using System.ComponentModel.DataAnnotations;
using Raft.Core.Membership;

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

    /// <exception cref="ValidationException">The address can't be used.</exception>
    public static void Require(NodeId peer, Uri address, bool haveCertificate, bool allowPlaintextOnLoopback)
    {
        if (Problem(address, haveCertificate, allowPlaintextOnLoopback) is { } problem)
        {
            throw new ValidationException($"The address of node {peer} can't be used: {problem}.");
        }
    }
}
