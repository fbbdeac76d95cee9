using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;
using Raft.Core.Membership;
using Raft.Jepsen.Serving;

namespace Raft.Jepsen.Commands;

/// <summary><c>raft-jepsen serve</c>: one node of a replicated store, for <c>run</c> and for the clients of other harnesses.</summary>
internal static class ServeCommand
{
    private const int UsageError = 2;

    private static readonly Option<NodeId> Id = new("--id")
    {
        Description = "Number of this node, from 1.",
        HelpName = "N",
        Required = true,
        CustomParser = result => ParseId(result, result.Tokens[0].Value),
    };
    private static readonly Option<NodeId[]> Members = new("--members")
    {
        Description = "The members that found the cluster, the same on all of them, such as 1,2,3.",
        HelpName = "LIST",
        CustomParser = result => [.. result.Tokens[0].Value.Split(',').Select(id => ParseId(result, id))],
    };
    private static readonly Option<bool> Join = new("--join")
    {
        Description = "In the place of --members: wait until a leader calls that has added this node.",
    };
    private static readonly Option<AddressPattern?> Peers = new("--peers")
    {
        Description = "Where nodes reach each other, such as https://10.0.0.{to}:7000: {to} is the id of the node that is called, and {from} the "
            + "caller's, if it shall matter. http:// is for loopback.",
        HelpName = "PATTERN",
        Required = true,
        CustomParser = ParsePattern,
    };
    private static readonly Option<IPEndPoint?> Api = new("--api")
    {
        Description = "Where to serve clients.",
        HelpName = "IP:PORT",
        Required = true,
        CustomParser = ParseEndPoint,
    };
    private static readonly Option<string> Data = new("--data") { Description = "The node's data folder.", HelpName = "DIR", Required = true };
    private static readonly Option<string?> Tls = new("--tls")
    {
        Description = $"Folder with this node's {ServeOptions.CertificateFile} and {ServeOptions.KeyFile}, and the authority's "
            + $"{ServeOptions.AuthorityFile}; for https.",
        HelpName = "DIR",
    };
    private static readonly Option<TimeSpan> Tick = CommonOptions.Tick();
    private static readonly Option<long> SnapshotEntries = CommonOptions.SnapshotEntries();
    private static readonly Option<TimeSpan> MaxStaleness = CommonOptions.MaxStaleness();
    private static readonly Option<bool> Leases = CommonOptions.Leases();
    private static readonly Option<Plant> Planted = CommonOptions.Plant();
    private static readonly Option<bool> Child = new("--child")
    {
        Description = "End when the process that started this one ends, however that is. Reads the standard input until its end.",
    };

    public static Command Create()
    {
        var command = new Command("serve", "Runs one node of a replicated store until it is told to stop (SIGTERM or Ctrl-C).")
        {
            Id, Members, Join, Peers, Api, Data, Tls, Tick, SnapshotEntries, MaxStaleness, Leases, Planted, Child,
        };
        command.Validators.Add(Validate);
        command.SetAction(RunAsync);
        return command;
    }

    /// <summary>The arguments that start a node with these options.</summary>
    public static IReadOnlyList<string> Arguments(ServeOptions options)
    {
        List<string> arguments =
        [
            "serve",
            Id.Name, options.Id.ToString(),
            Peers.Name, options.Peers.ToString(),
            Api.Name, options.Api.ToString(),
            Data.Name, options.Data,
            Tick.Name, Milliseconds(options.Tick),
            SnapshotEntries.Name, options.SnapshotEntries.ToString(CultureInfo.InvariantCulture),
            MaxStaleness.Name, Milliseconds(options.MaxStaleness),
            Planted.Name, CommonOptions.NameOf(options.Plant),
        ];
        arguments.AddRange(options.Members.Count == 0 ? [Join.Name] : [Members.Name, string.Join(',', options.Members)]);
        arguments.AddRange(options.Tls is { } folder ? [Tls.Name, folder] : []);
        arguments.AddRange(options.Leases ? [Leases.Name] : []);
        arguments.AddRange(options.IsChild ? [Child.Name] : []);
        return arguments;
    }

    private static void Validate(CommandResult result)
    {
        if (result.GetResult(Members) is null == result.GetResult(Join) is null)
        {
            result.AddError("Give either --members or --join.");
        }

    }

    /// <summary>What can't be said of an option alone.</summary>
    private static void Check(ServeOptions options)
    {
        if (options.Peers.IsSecure == options.Tls is null)
        {
            throw new HarnessException(options.Peers.IsSecure ? "https:// needs --tls." : "--tls is for https://.");
        }

        if (options.Members.Count > 0 && !options.Members.Contains(options.Id))
        {
            throw new HarnessException($"Node {options.Id} is not among --members.");
        }
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var options = new ServeOptions
        {
            Id = parsed.GetValue(Id),
            Members = parsed.GetValue(Members) ?? [],
            Peers = parsed.GetValue(Peers)!,
            Api = parsed.GetValue(Api)!,
            Data = parsed.GetRequiredValue(Data),
            Tls = parsed.GetValue(Tls),
            Tick = parsed.GetValue(Tick),
            SnapshotEntries = (ulong)parsed.GetValue(SnapshotEntries),
            MaxStaleness = parsed.GetValue(MaxStaleness),
            Leases = parsed.GetValue(Leases),
            Plant = parsed.GetValue(Planted),
            IsChild = parsed.GetValue(Child),
        };
        try
        {
            Check(options);
            await new NodeServer(options).RunAsync().ConfigureAwait(false);
            return 0;
        }
        catch (HarnessException error)
        {
            parsed.InvocationConfiguration.Error.WriteLine($"raft-jepsen: {error.Message.ReplaceLineEndings(" ")}");
            return UsageError;
        }
    }

    private static string Milliseconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds}ms");

    private static NodeId ParseId(ArgumentResult result, string text)
    {
        if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong id) && id > 0)
        {
            return new NodeId(id);
        }

        result.AddError($"'{text}' is no id of a node; use whole numbers from 1.");
        return default;
    }

    private static AddressPattern? ParsePattern(ArgumentResult result)
    {
        try
        {
            return new AddressPattern(result.Tokens[0].Value);
        }
        catch (FormatException problem)
        {
            result.AddError(problem.Message);
            return null;
        }
    }

    private static IPEndPoint? ParseEndPoint(ArgumentResult result)
    {
        if (IPEndPoint.TryParse(result.Tokens[0].Value, out IPEndPoint? endPoint) && endPoint.Port > 0)
        {
            return endPoint;
        }

        result.AddError($"'{result.Tokens[0].Value}' is not of the form IP:PORT.");
        return null;
    }
}
