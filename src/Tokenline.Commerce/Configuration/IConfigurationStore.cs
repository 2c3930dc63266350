namespace Tokenline.Commerce.Configuration;

/// <summary>What every node keeps in memory, in parts that change on their own. The names are in the store.</summary>
public static class ConfigurationAreas
{
    /// <summary>With what a key's rights take from its customer: group and region.</summary>
    public const string Keys = "keys";

    /// <summary>Vendors, models and deployments.</summary>
    public const string Catalogue = "catalogue";

    /// <summary>Tariff versions and contracts with vendors.</summary>
    public const string Tariffs = "tariffs";

    public const string Substitutions = "substitutions";

    /// <summary>Settings that change while the system runs.</summary>
    public const string Settings = "settings";

    public static IReadOnlyList<string> All { get; } = [Keys, Catalogue, Tariffs, Substitutions, Settings];
}

/// <summary>Tells what has changed. Every store raises the version of an area in the transaction of the change, so a version that is seen has its change with it.</summary>
public interface IConfigurationStore
{
    /// <summary>Of each area how often it was changed. One cheap read.</summary>
    Task<IReadOnlyDictionary<string, long>> VersionsAsync(CancellationToken cancellation);
}
