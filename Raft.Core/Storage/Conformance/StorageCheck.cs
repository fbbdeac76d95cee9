using System.Runtime.CompilerServices;

namespace Raft.Core.Storage.Conformance;

/// <summary>One thing that is tried on a storage, to see whether it keeps a rule.</summary>
public sealed class StorageCheck
{
    private readonly Func<StorageTrial, Task> _body;
    private readonly bool _needsCrash;

    internal StorageCheck(string name, StorageRule rule, Func<StorageTrial, Task> body, bool needsCrash = false)
    {
        Name = name;
        Rule = rule;
        _body = body;
        _needsCrash = needsCrash;
    }

    /// <summary>What the storage must do, in a sentence; no two checks share it.</summary>
    public string Name { get; }

    /// <summary>The rule that the check is about. It may find another one broken on its way.</summary>
    public StorageRule Rule { get; }

    /// <summary>Tries a storage, and leaves it closed.</summary>
    /// <param name="storage">How to open it.</param>
    /// <param name="cancellationToken">Ends a wait for the storage.</param>
    /// <exception cref="ArgumentException">The check needs <see cref="StorageUnderTest.Crash"/>, and there is none.</exception>
    /// <exception cref="StorageConformanceException">The storage breaks a rule.</exception>
    public async Task RunAsync(StorageUnderTest storage, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(storage);
        if (_needsCrash && storage.Crash is null)
        {
            throw new ArgumentException($"\"{Name}\" needs {nameof(StorageUnderTest)}.{nameof(StorageUnderTest.Crash)}.", nameof(storage));
        }

        var trial = new StorageTrial(storage, cancellationToken);
        await using ConfiguredAsyncDisposable closing = trial.ConfigureAwait(false);
        try
        {
            await _body(trial).ConfigureAwait(false);
            await trial.CloseAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is not StorageConformanceException && !cancellationToken.IsCancellationRequested)
        {
            throw new StorageConformanceException(Rule, "no exception", $"{e.GetType().Name} ({e.Message})", e);
        }
    }

    /// <summary>The name, for lists of tests.</summary>
    public override string ToString() => Name;
}
