using System.Text;
using Raft.Core.Log;
using Raft.Core.StateMachine;

namespace NexaLoak.Tests.Node;

/// <summary>Remembers the commands in order and answers each with its position. A snapshot of it has one command a line.</summary>
internal sealed class JournalMachine : ISnapshotStateMachine
{
    private readonly List<string> _commands = [];

    /// <summary>Runs before each command is applied.</summary>
    public Action<string> BeforeApply { get; set; } = static _ => { };

    /// <summary>Runs before a snapshot is written.</summary>
    public Action BeforeSave { get; set; } = static () => { };

    /// <summary>How often the state was restored.</summary>
    public int Restores { get; private set; }

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

    public IStateMachineSnapshot Capture() => new Captured(Commands, BeforeSave);

    public void Restore(Stream content)
    {
        using var reader = new StreamReader(content, leaveOpen: true);
        string[] commands = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lock (_commands)
        {
            _commands.Clear();
            _commands.AddRange(commands);
            Restores++;
        }
    }

    private sealed class Captured(string[] commands, Action beforeSave) : IStateMachineSnapshot
    {
        public void WriteTo(Stream content, CancellationToken cancellationToken)
        {
            beforeSave();
            content.Write(Encoding.UTF8.GetBytes(string.Join('\n', commands)));
        }

        public void Dispose()
        {
        }
    }
}
