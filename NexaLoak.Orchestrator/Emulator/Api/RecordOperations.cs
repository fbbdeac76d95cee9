namespace NexaLoak.Orchestrator.Emulator.Api;

/// <summary>What can be done to records, each within a transaction.</summary>
internal sealed class RecordOperations(string zoneName, int recordQuota)
{
    private readonly RecordRules _rules = new(zoneName);

    /// <summary>Adds a record.</summary>
    /// <exception cref="ApiException">It is not valid, conflicts with another, or is one too many.</exception>
    public EmulatedRecord Create(ZoneTransaction zone, RecordInput input)
    {
        EmulatedRecord record = _rules.Whole(input, old: null, zone.Now);
        RequireNoConflict(zone, record);
        if (zone.Records.Count >= recordQuota)
        {
            throw ApiErrors.RecordQuota();
        }

        zone.Add(record);
        return record;
    }

    /// <summary>Overwrites a record.</summary>
    /// <exception cref="ApiException">It is not there, or what it would become is not possible.</exception>
    public EmulatedRecord Overwrite(ZoneTransaction zone, string id, RecordInput input)
        => Replace(zone, _rules.Whole(input, Find(zone, id), zone.Now));

    /// <summary>Changes a record in part.</summary>
    /// <exception cref="ApiException">It is not there, or what it would become is not possible.</exception>
    public EmulatedRecord Patch(ZoneTransaction zone, string id, RecordInput input)
        => Replace(zone, _rules.Patched(input, Find(zone, id), zone.Now));

    /// <summary>Deletes a record.</summary>
    /// <exception cref="ApiException">It is not there.</exception>
    public static EmulatedRecord Delete(ZoneTransaction zone, string id)
    {
        EmulatedRecord record = Find(zone, id);
        zone.Remove(record);
        return record;
    }

    private static EmulatedRecord Find(ZoneTransaction zone, string id) => zone.Find(id) ?? throw ApiErrors.NoSuchRecord();

    private static EmulatedRecord Replace(ZoneTransaction zone, EmulatedRecord record)
    {
        RequireNoConflict(zone, record);
        zone.Replace(record);
        return record;
    }

    private static void RequireNoConflict(ZoneTransaction zone, EmulatedRecord record)
    {
        foreach (EmulatedRecord other in zone.Records)
        {
            if (other.Id == record.Id || other.Name != record.Name)
            {
                continue;
            }

            if (other.Type == record.Type && other.Content == record.Content)
            {
                throw ApiErrors.IdenticalRecord();
            }

            if ((other.Type == "CNAME" && HasHost(record)) || (record.Type == "CNAME" && HasHost(other)))
            {
                throw ApiErrors.HostExists();
            }
        }

        static bool HasHost(EmulatedRecord record) => record.Type is "A" or "AAAA" or "CNAME";
    }
}
