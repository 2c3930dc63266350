using System.Collections.Concurrent;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;

namespace Tokenline.Portal;

/// <summary>
/// Razor components bring ASP.NET Core's data protection, which writes a key into the user's home at start. Nothing of the portal
/// is protected by it yet, so its keys live as long as the process; the first cookie to outlive one gives them a place among the data.
/// </summary>
internal sealed class KeysInMemory : IXmlRepository
{
    private readonly ConcurrentQueue<XElement> keys = new();

    /// <summary>A host that has chosen another place keeps it.</summary>
    public static void Use(KeyManagementOptions options)
    {
        if (options.XmlRepository is not null)
            return;
        options.XmlRepository = new KeysInMemory();
        options.XmlEncryptor ??= new NullXmlEncryptor();
    }

    public IReadOnlyCollection<XElement> GetAllElements() => [.. keys.Select(key => new XElement(key))];

    public void StoreElement(XElement element, string friendlyName) => keys.Enqueue(new XElement(element));
}
