namespace NexaLoak.Orchestrator.Dns;

/// <summary>
/// The address records of the service's domain at the DNS provider. All calls are idempotent: what is already so counts as done. Failures are
/// <see cref="DnsException"/>s, which say whether another try can help.
/// </summary>
internal interface IServiceDomain
{
    /// <summary>All address records of the domain, ours and others', in the provider's order.</summary>
    Task<IReadOnlyList<DomainRecord>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Adds a record for <paramref name="address"/>.</summary>
    Task AssignAsync(string address, RecordOwner owner, CancellationToken cancellationToken);

    /// <summary>Deletes a record that <see cref="ListAsync"/> returned.</summary>
    /// <param name="record">The record; its <see cref="DomainRecord.Owner"/> is not <c>null</c>.</param>
    /// <param name="term">Raft term of the leader that deletes, sent along for the provider's log.</param>
    /// <param name="cancellationToken">Ends the call; the deletion may or may not have happened.</param>
    Task UnassignAsync(DomainRecord record, ulong term, CancellationToken cancellationToken);
}
