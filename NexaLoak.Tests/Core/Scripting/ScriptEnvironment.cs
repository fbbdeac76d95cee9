using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Raft.Core;
using Raft.Core.Consensus;
using Raft.Core.Membership;
using Raft.Jepsen.Simulation;

namespace NexaLoak.Tests.Core.Scripting;

/// <summary>
/// A cluster of real cores that does nothing but what a script tells it. Each command of the language is a method with a <see cref="VerbAttribute"/>; a new
/// feature brings its commands in a part of this class of its own.
/// </summary>
internal sealed partial class ScriptEnvironment
{
    private static readonly Dictionary<string, MethodInfo> Verbs = typeof(ScriptEnvironment)
        .GetMethods(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
        .Where(method => method.GetCustomAttribute<VerbAttribute>() is not null)
        .ToDictionary(method => method.GetCustomAttribute<VerbAttribute>()!.Name);

    private readonly SortedDictionary<NodeId, ScriptNode> _nodes = [];
    private readonly ScriptNetwork _network = new();
    private readonly ScriptSafety _safety = new();
    private readonly CommittedHistory _committed = new();
    private readonly ScriptOutput _output = new();
    private RaftOptions _options = new();
    private Queue<ulong> _priorities = new();

    /// <summary>The commands of the language.</summary>
    public static IEnumerable<string> Commands => Verbs.Keys;

    /// <summary>Runs the commands and returns what they print.</summary>
    /// <exception cref="ScriptException">A command can't be carried out, or broke a safety property.</exception>
    public IReadOnlyList<string> Run(ScriptBlock block)
    {
        foreach (ScriptCommand command in block.Commands)
        {
            try
            {
                Run(command);
            }
            catch (ValidationException error)
            {
                _output.Add($"  refused: {error.Message}");
            }
            catch (Exception error) when (error is ScriptException or RaftInvariantException)
            {
                throw new ScriptException($"line {command.Line}: {command.Text}: {error.Message}", error);
            }
        }

        return _output.Take();
    }

    private void Run(ScriptCommand command)
    {
        if (!Verbs.TryGetValue(command.Verb, out MethodInfo? method))
        {
            throw new ScriptException("there is no such command");
        }

        _output.IsMuted = command.IsQuiet;
        method.Invoke(this, BindingFlags.DoNotWrapExceptions, null, [command], null);
        _output.IsMuted = false;
        if (command.LeftOver.Any())
        {
            throw new ScriptException($"nobody understands '{string.Join(' ', command.LeftOver)}'");
        }
    }

    private ScriptNode Node(NodeId id) => _nodes.TryGetValue(id, out ScriptNode? node) ? node : throw new ScriptException($"there is no node {id}");

    /// <summary>The nodes that a command names, or all when it names none; as far as they are up.</summary>
    private List<ScriptNode> TakeNodes(ScriptCommand command)
    {
        IReadOnlyList<NodeId> ids = command.TakeIds();
        return [.. (ids.Count > 0 ? ids.Select(Node) : _nodes.Values).Where(node => node.IsUp)];
    }

    /// <summary>Tells what an input changed, and checks that it was allowed.</summary>
    private void Observe(ScriptNode node)
    {
        RaftCore core = node.Core;
        if (node.SeenRole != (core.Role, core.Term, core.Leader))
        {
            node.SeenRole = (core.Role, core.Term, core.Leader);
            string leader = core.Role == Role.Follower && !core.Leader.IsNone ? $" of {core.Leader}" : "";
            _output.Add($"  {node.Id} is {core.Role}{leader}, term {core.Term}");
        }

        if (!core.Configuration.Equals(node.SeenConfiguration))
        {
            node.SeenConfiguration = core.Configuration;
            _output.Add($"  {node.Id} is in {ScriptPrinter.Print(core.Configuration)}");
        }

        if (core.Role == Role.Leader)
        {
            _safety.OnLeader(node.Id, core.Term);
        }

        if (core.CommitIndex > node.SeenCommit)
        {
            _output.Add($"  {node.Id} commits up to {core.CommitIndex}");
            ObserveCommit(node, node.SeenCommit + 1);
            node.SeenCommit = core.CommitIndex;
        }
    }

    private void ObserveCommit(ScriptNode node, ulong from)
    {
        _safety.OnCommit(node.Core, from, node.Core.CommitIndex);
        LogImage log = node.Disk.Issued;
        ulong written = Math.Min(node.Core.CommitIndex, log.LastIndex);
        for (ulong next = _committed.LastIndex + 1; next <= written && node.Core.TermAt(next) == log[next].Entry.Term; next++)
        {
            _committed.Add(log[next], node.Core.Term);
        }
    }
}
