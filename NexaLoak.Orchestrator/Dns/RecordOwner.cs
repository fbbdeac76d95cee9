using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace NexaLoak.Orchestrator.Dns;

/// <summary>Who made a record, as its comment says: <c>nexaloak:CLUSTER:NODE:tTERM</c>.</summary>
/// <param name="Cluster">Id of the cluster, so that two clusters can share a zone.</param>
/// <param name="Node">The node whose address the record holds.</param>
/// <param name="Term">Raft term of the leader that wrote it: tells a late write of a deposed leader from a good one.</param>
internal sealed record RecordOwner(string Cluster, string Node, ulong Term)
{
    /// <summary>Longest comment that Cloudflare's free plan stores, in characters.</summary>
    public const int MaxCommentLength = 100;

    private const string Application = "nexaloak";

    /// <summary>Reads a comment. Only exactly what <see cref="ToComment"/> writes is an owner: anything else was made by someone else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? comment, [NotNullWhen(true)] out RecordOwner? owner)
    {
        owner = null;
        if (comment?.Split(':') is not [Application, var cluster, var node, ['t', .. var digits]]
            || !IsName(cluster)
            || !IsName(node)
            || !ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out ulong term))
        {
            return false;
        }

        var parsed = new RecordOwner(cluster, node, term);
        if (parsed.Format() != comment || comment.Length > MaxCommentLength)
        {
            return false;
        }

        owner = parsed;
        return true;
    }

    /// <summary>The comment that names this owner.</summary>
    /// <exception cref="FormatException">
    /// A name has characters other than letters, digits, <c>-</c>, <c>_</c> and <c>.</c>, or the names are too long.
    /// </exception>
    public string ToComment()
    {
        if (!IsName(Cluster) || !IsName(Node))
        {
            throw new FormatException(
                $"'{Cluster}' and '{Node}' can't be named in a record comment: use letters, digits, '-', '_' and '.' in cluster and node ids.");
        }

        string comment = Format();
        return comment.Length <= MaxCommentLength
            ? comment
            : throw new FormatException(
                $"The record comment '{comment}' is longer than {MaxCommentLength} characters: use shorter cluster and node ids.");
    }

    private static bool IsName(string text)
        => text.Length > 0 && text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    private string Format() => string.Create(CultureInfo.InvariantCulture, $"{Application}:{Cluster}:{Node}:t{Term}");
}
