using System.Text;
using Raft.Core.Log;
using Raft.Core.StateMachine;

namespace NexaLoak.Tests.Node;

/// <summary>Remembers the commands in order and answers each with its position.</summary>
internal sealed class JournalMachine : IStateMachine
{
    private readonly List<string> _commands = [];

    /// <summary>Runs before each command is applied.</summary>
    public Action<string> BeforeApply { get; set; } = static _ => { };

    public string[] Commands
    {
        get
        {
            lock (_commands)
            {
                return [.. _commands];
            }
        }
    }

    public ReadOnlyMemory<byte> Apply(in Entry entry)
    {
        string command = Encoding.UTF8.GetString(entry.Payload.Span);
        BeforeApply(command);
        lock (_commands)
        {
            _commands.Add(command);
            return Encoding.UTF8.GetBytes($"{_commands.Count}");
        }
    }
}
