using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using NUnit.Framework;

namespace NexaLoak.Tests.Orchestrator;

/// <summary>The real <c>nexaloak</c> executable, or another of this repository, run in a process of its own.</summary>
internal sealed class ProgramRun : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly ConcurrentQueue<string> _errors = new();

    private ProgramRun(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Keep(_output, line.Data);
        process.ErrorDataReceived += (_, line) => Keep(_errors, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Pid => _process.Id;

    public bool HasExited => _process.HasExited;

    public IReadOnlyCollection<string> Output => _output;

    public IReadOnlyCollection<string> Errors => _errors;

    public static ProgramRun Start(params string[] arguments) => StartFile("nexaloak.dll", arguments);

    /// <summary>Starts another program of this repository.</summary>
    public static ProgramRun StartFile(string file, params string[] arguments)
    {
        return StartCommand(["dotnet", "exec", Path.Combine(AppContext.BaseDirectory, file), .. arguments]);
    }

    /// <summary>Starts any program.</summary>
    public static ProgramRun StartCommand(params IEnumerable<string> command)
    {
        // A shell lets its background jobs ignore Ctrl-C, and whatever they start inherits that: here it shall be heard in any case.
        var start = new ProcessStartInfo("env", ["--default-signal=HUP,INT,QUIT", .. command])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // One that is killed would leave what a debugger needs of it.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        return new ProgramRun(Process.Start(start)!);
    }

    /// <summary>Runs to the end.</summary>
    public static async Task<ProgramResult> RunAsync(params string[] arguments)
    {
        using ProgramRun run = Start(arguments);
        return await run.WaitAsync(Limit);
    }

    public async Task<ProgramResult> WaitAsync(TimeSpan limit)
    {
        using var patience = new CancellationTokenSource(limit);
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail(
                $"The program did not end within {limit.TotalSeconds} s. "
                    + $"It wrote:\n{string.Join('\n', _output)}\n{string.Join('\n', _errors)}");
        }

        return new ProgramResult(_process.ExitCode, [.. _output], [.. _errors]);
    }

    /// <summary>Asks the process to end, and waits until it has.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> TerminateAsync(string signal = "TERM")
    {
        await SignalAsync(_process.Id, signal);
        return (await WaitAsync(Limit)).ExitCode;
    }

    public static async Task SignalAsync(int pid, string signal)
    {
        using Process kill = Process.Start("kill", ["-s", signal, pid.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Ends the process if a test left it running.</summary>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private static void Keep(ConcurrentQueue<string> lines, string? line)
    {
        if (line is not null)
        {
            lines.Enqueue(line);
        }
    }
}
