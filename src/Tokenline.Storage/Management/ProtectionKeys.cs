using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.EntityFrameworkCore;

namespace Tokenline.Storage.Management;

/// <summary>The keys by which the pages of all nodes protect what they give to browsers. The interface is synchronous; it is asked at the start and once a day.</summary>
internal sealed class ProtectionKeys(IDbContextFactory<ManagementDb> factory, SecretSeal seal) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using var db = factory.CreateDbContext();
        return
        [
            .. db
                .ProtectionKeys.AsNoTracking()
                .OrderBy(row => row.Number)
                .ToList()
                .Select(row => XElement.Parse(seal.Unseal(row.Sealed, OwnerOf(row.Name)))),
        ];
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        using var db = factory.CreateDbContext();
        var box = seal.Seal(element.ToString(SaveOptions.DisableFormatting), OwnerOf(friendlyName));
        db.ProtectionKeys.Add(new ProtectionKeyRow { Name = friendlyName, Sealed = box });
        db.SaveChanges();
    }

    internal static string OwnerOf(string name) => $"protection key {name}";
}
