using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace NexaLoak.Tests.Transport;

/// <summary>Keeps what is logged.</summary>
internal sealed class LogSink : ILoggerProvider
{
    private readonly ConcurrentQueue<(LogLevel Level, string Text)> _lines = new();

    public IEnumerable<string> Informations => _lines.Where(static l => l.Level == LogLevel.Information).Select(static l => l.Text);

    public IEnumerable<string> Warnings => _lines.Where(static l => l.Level == LogLevel.Warning).Select(static l => l.Text);

    public IEnumerable<string> Failures => _lines.Where(static l => l.Level >= LogLevel.Error).Select(static l => l.Text);

    public ILogger CreateLogger(string categoryName) => new Logger(this);

    public ILogger<T> CreateLogger<T>()
    {
#pragma warning disable CA2000 // The factory owns nothing but the sink, which outlives it.
        return LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Debug).AddProvider(this)).CreateLogger<T>();
#pragma warning restore CA2000
    }

    public void Dispose()
    {
    }

    private sealed class Logger(LogSink sink) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
            => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            => sink._lines.Enqueue((logLevel, formatter(state, exception)));
    }
}
