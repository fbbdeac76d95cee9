using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Net;
using Microsoft.Extensions.Options;
using Raft.Core.Log;
using Raft.Transport.Grpc.Codec;
using Raft.Transport.Grpc.Peers;
using Raft.Transport.Grpc.Security;

namespace Raft.Transport.Grpc.Hosting;

/// <summary>Finds what is wrong with the options of a node, and names each key and the remedy.</summary>
/// <param name="section">Path of the section, before the keys in messages.</param>
internal sealed class RaftHostOptionsValidator(string section) : IValidateOptions<RaftHostOptions>
{
    // What the encoding may add to entries, measured by Entry.Size, at most: an eighth, and a kibibyte for the message.
    private const int EncodingDivisor = 8;
    private const int EncodingExtra = 1024;

    public ValidateOptionsResult Validate(string? name, RaftHostOptions options)
    {
        string[] problems = [.. Identity(options), .. Members(options), .. Tls(options), .. Listen(options), .. Node(options), .. Limits(options)];
        return problems.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    /// <summary>True when the node talks in plain text: it has no credentials, and that is allowed.</summary>
    public static bool IsPlaintext(RaftHostOptions options)
        => options.Transport.AllowPlaintextOnLoopback && options.Tls is { Certificate: null, Key: null, Authority: null };

    private IEnumerable<string> Identity(RaftHostOptions options)
    {
        if (!NodeIdentity.IsValidClusterId(options.ClusterId))
        {
            string state = string.IsNullOrEmpty(options.ClusterId) ? "is missing" : $"'{options.ClusterId}' is not valid";
            yield return $"{section}:ClusterId {state}: name the cluster with 1 to {NodeIdentity.MaxClusterIdLength} lower-case letters, digits, dots, hyphens "
                + "and underscores, alike on all nodes.";
        }

        if (options.NodeId == 0)
        {
            yield return $"{section}:NodeId is missing: set it to the number of this node"
                + (options.Join ? ", which the cluster has never had." : $", one of the keys of {section}:Peers.");
        }
    }

    private IEnumerable<string> Members(RaftHostOptions options)
    {
        if (options.Peers.Count == 0 && !options.Join)
        {
            yield return $"{section}:Peers is empty: list all members, this node too, such as {section}:Peers:1 = https://10.0.0.1:7000. Set {section}:Join to true "
                + "instead for a node that joins a cluster.";
            yield break;
        }

        foreach ((string id, string address) in options.Peers)
        {
            if (Member(id, address, options) is { } problem)
            {
                yield return problem;
            }
        }

        foreach (IGrouping<string, string> shared in options.Peers.GroupBy(static p => p.Value, static p => p.Key).Where(static g => g.Count() > 1))
        {
            yield return $"{section}:Peers gives the address {shared.Key} to the nodes {string.Join(" and ", shared)}: each needs one of its own.";
        }

        if (options.NodeId != 0 && !options.Peers.ContainsKey(options.NodeId.ToString(CultureInfo.InvariantCulture)))
        {
            if (!options.Join)
            {
                yield return $"{section}:Peers does not list this node: add {section}:Peers:{options.NodeId}, or correct {section}:NodeId.";
            }
            else if (options.Listen is null)
            {
                yield return $"{section}:Listen is missing: set it, or {section}:Peers:{options.NodeId} to the address at which others reach this node.";
            }
        }
    }

    private string? Member(string id, string address, RaftHostOptions options)
    {
        if (!ulong.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) || number == 0
            || number.ToString(CultureInfo.InvariantCulture) != id)
        {
            return $"{section}:Peers:{id} names no node: use numbers from 1 as keys.";
        }

        string? problem = PeerAddress.Read(address, haveCertificate: !IsPlaintext(options), options.Transport.AllowPlaintextOnLoopback).Problem;
        return problem is null ? null : $"{section}:Peers:{id}: {problem}.";
    }

    private IEnumerable<string> Tls(RaftHostOptions options)
    {
        if (IsPlaintext(options))
        {
            yield break;
        }

        (string Key, string? Value, string What)[] files =
        [
            ("Certificate", options.Tls.Certificate, "this node's certificate"),
            ("Key", options.Tls.Key, "the private key of this node's certificate"),
            ("Authority", options.Tls.Authority, "the certificate of the cluster's authority"),
        ];
        foreach ((string key, _, string what) in files.Where(static f => string.IsNullOrEmpty(f.Value)))
        {
            yield return $"{section}:Tls:{key} is missing: set it to the PEM file with {what}.";
        }
    }

    private IEnumerable<string> Listen(RaftHostOptions options)
    {
        if (options.Listen is null or RaftHostOptions.ListenNowhere)
        {
            yield break;
        }

        if (!IPEndPoint.TryParse(options.Listen, out IPEndPoint? endPoint) || endPoint.Port == 0)
        {
            yield return $"{section}:Listen '{options.Listen}' is not an address: use IP:PORT, or '{RaftHostOptions.ListenNowhere}'.";
        }
        else if (IsPlaintext(options) && !IPAddress.IsLoopback(endPoint.Address))
        {
            yield return $"{section}:Listen '{options.Listen}' would be open without TLS: use a loopback address, or set the files of {section}:Tls.";
        }
    }

    private IEnumerable<string> Node(RaftHostOptions options)
    {
        (string Key, bool Holds, string Bound)[] rules =
        [
            ("TickInterval", options.TickInterval > TimeSpan.Zero, "greater than zero, such as 00:00:00.1"),
            ("MaxStaleness", options.MaxStaleness > TimeSpan.Zero, "greater than zero, such as 00:00:01"),
            ("StopTimeout", options.StopTimeout > TimeSpan.Zero, "greater than zero, such as 00:00:00.9"),
            ("MailboxCapacity", options.MailboxCapacity >= 1, "at least 1"),
            ("EventCapacity", options.EventCapacity >= 1, "at least 1"),
            ("MaxWriteStallTicks", options.MaxWriteStallTicks >= 1, $"at least 1; a few times {section}:Consensus:ElectionTicks is sound"),
            ("MailboxBytes", options.MailboxBytes >= options.Consensus.MaxEntryBytes,
                $"at least {options.Consensus.MaxEntryBytes}, to hold one command of {section}:Consensus:MaxEntryBytes; raise it, or lower that"),
        ];
        return rules.Where(static rule => !rule.Holds).Select(rule => $"{section}:{rule.Key} must be {rule.Bound}.");
    }

    private IEnumerable<string> Limits(RaftHostOptions options)
    {
        (string, Action)[] sections =
        [
            ("Consensus", options.Consensus.Validate), ("Snapshots", options.Snapshots.Validate), ("Transport", options.Transport.Validate),
        ];
        foreach ((string key, Action validate) in sections)
        {
            if (ProblemOf(validate) is { } problem)
            {
                yield return $"{section}:{key}: {problem}";
            }
        }

        long entries = Math.Max(options.Consensus.MaxAppendBytes, options.Consensus.MaxEntryBytes + (long)Entry.Overhead);
        long chunk = options.Consensus.SnapshotChunkBytes + (long)ChunkDecoder.MaxConfigurationBytes;
        long needed = Math.Max(entries + (entries / EncodingDivisor), chunk) + EncodingExtra;
        if (options.Transport.MaxFrameBytes < needed)
        {
            yield return $"{section}:Transport:MaxFrameBytes must be at least {needed}, to hold what {section}:Consensus:MaxAppendBytes, MaxEntryBytes and "
                + "SnapshotChunkBytes allow.";
        }
    }

    private static string? ProblemOf(Action validate)
    {
        try
        {
            validate();
            return null;
        }
        catch (ValidationException e)
        {
            return e.Message;
        }
    }
}
