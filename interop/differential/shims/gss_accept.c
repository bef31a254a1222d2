/*
 * An acceptor of MIT krb5 or Heimdal, by the functions that both have in common:
 *
 *     gss_accept LIBRARY REGISTER
 *
 * LIBRARY is a libgssapi, REGISTER the name of its function that chooses the keytab. One line in, one line out:
 *
 *     KEYTAB BINDINGS TOKEN...
 *     {"verdict":"accepted|continue|rejected","client":"...","error":"..."}
 *
 * BINDINGS is the application data of the channel in hexadecimal, or "-"; tokens are in base64 and go in order to one
 * context. Octets of names beyond ASCII are written as U+0080 to U+00FF.
 */
#include <dlfcn.h>
#include <gssapi/gssapi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef OM_uint32 registers(const char *);

static registers *choose_keytab;
static __typeof__(gss_accept_sec_context) *accept_token;
static __typeof__(gss_acquire_cred) *acquire_cred;
static __typeof__(gss_delete_sec_context) *delete_context;
static __typeof__(gss_display_name) *display_name;
static __typeof__(gss_display_status) *display_status;
static __typeof__(gss_release_buffer) *release_buffer;
static __typeof__(gss_release_cred) *release_cred;
static __typeof__(gss_release_name) *release_name;

/* Without this list MIT has no credential for tokens under Microsoft's misspelt number. */
static gss_OID_desc mechanisms[] = {
    {9, "\x2a\x86\x48\x86\xf7\x12\x01\x02\x02"},
    {9, "\x2a\x86\x48\x82\xf7\x12\x01\x02\x02"},
    {6, "\x2b\x06\x01\x05\x05\x02"},
};

/* A keytab's credential, which stays. */
struct credential {
    struct credential *next;
    char *keytab;
    gss_cred_id_t handle;
};

static void die(const char *what)
{
    fprintf(stderr, "gss_accept: %s\n", what);
    exit(1);
}

static void *symbol(void *library, const char *name)
{
    void *found = dlsym(library, name);
    if (found == NULL)
        die(name);
    return found;
}

static void load(const char *library, const char *register_name)
{
    void *handle = dlopen(library, RTLD_NOW);
    if (handle == NULL)
        die(dlerror());
    choose_keytab = symbol(handle, register_name);
    accept_token = symbol(handle, "gss_accept_sec_context");
    acquire_cred = symbol(handle, "gss_acquire_cred");
    delete_context = symbol(handle, "gss_delete_sec_context");
    display_name = symbol(handle, "gss_display_name");
    display_status = symbol(handle, "gss_display_status");
    release_buffer = symbol(handle, "gss_release_buffer");
    release_cred = symbol(handle, "gss_release_cred");
    release_name = symbol(handle, "gss_release_name");
}

static gss_cred_id_t credential_of(const char *keytab)
{
    static struct credential *all;
    struct credential *one;
    gss_OID_set_desc wanted = {3, mechanisms};
    OM_uint32 major, minor;
    for (one = all; one != NULL; one = one->next)
        if (strcmp(one->keytab, keytab) == 0)
            return one->handle;
    one = calloc(1, sizeof *one);
    if (one == NULL || (one->keytab = strdup(keytab)) == NULL)
        die("memory");
    one->handle = GSS_C_NO_CREDENTIAL;
    choose_keytab(keytab);
    major = acquire_cred(&minor, GSS_C_NO_NAME, GSS_C_INDEFINITE, &wanted, GSS_C_ACCEPT, &one->handle, NULL, NULL);
    if (GSS_ERROR(major))
        major = acquire_cred(&minor, GSS_C_NO_NAME, GSS_C_INDEFINITE, GSS_C_NO_OID_SET, GSS_C_ACCEPT, &one->handle,
                             NULL, NULL);
    if (GSS_ERROR(major))
        die("no credential of the keytab");
    one->next = all;
    all = one;
    return one->handle;
}

static void print_text(const char *name, const gss_buffer_t text)
{
    size_t at;
    printf(",\"%s\":\"", name);
    for (at = 0; at < text->length; at++) {
        unsigned char octet = ((unsigned char *)text->value)[at];
        if (octet < 0x20 || octet > 0x7e || octet == '"' || octet == '\\')
            printf("\\u%04x", octet);
        else
            putchar(octet);
    }
    putchar('"');
}

static void print_error(OM_uint32 major, OM_uint32 minor, gss_OID mechanism)
{
    OM_uint32 ignored, more = 0;
    gss_buffer_desc text = GSS_C_EMPTY_BUFFER;
    int of_mechanism = minor != 0;
    display_status(&ignored, of_mechanism ? minor : major, of_mechanism ? GSS_C_MECH_CODE : GSS_C_GSS_CODE, mechanism,
                   &more, &text);
    print_text("error", &text);
    release_buffer(&ignored, &text);
}

static int value_of(int character, const char *alphabet)
{
    const char *found = character == 0 ? NULL : strchr(alphabet, character);
    return found == NULL ? -1 : (int)(found - alphabet);
}

/* Decodes in place. */
static void from_base64(char *text, gss_buffer_t octets)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned long bits = 0;
    int count = 0, value;
    octets->value = text;
    octets->length = 0;
    for (; (value = value_of(*text, alphabet)) >= 0; text++) {
        bits = bits << 6 | (unsigned long)value;
        if ((count += 6) >= 8)
            ((unsigned char *)octets->value)[octets->length++] = (unsigned char)(bits >> (count -= 8));
    }
}

/* Decodes in place. */
static void from_hex(char *text, gss_buffer_t octets)
{
    static const char alphabet[] = "0123456789abcdef";
    octets->value = text;
    for (octets->length = 0; text[0] != 0 && text[1] != 0; text += 2)
        ((unsigned char *)octets->value)[octets->length++] =
            (unsigned char)(value_of(text[0], alphabet) << 4 | value_of(text[1], alphabet));
}

static void judge(char *line)
{
    struct gss_channel_bindings_struct channel;
    gss_channel_bindings_t bindings = GSS_C_NO_CHANNEL_BINDINGS;
    gss_ctx_id_t context = GSS_C_NO_CONTEXT;
    gss_name_t client = GSS_C_NO_NAME;
    gss_OID mechanism = GSS_C_NO_OID;
    gss_buffer_desc text = GSS_C_EMPTY_BUFFER, token, answer;
    OM_uint32 major = GSS_S_DEFECTIVE_TOKEN, minor = 0, ignored;
    gss_cred_id_t forwarded;
    char *keytab = strtok(line, " "), *data = strtok(NULL, " "), *word;

    if (keytab == NULL || data == NULL)
        die("a line of less than two words");
    if (strcmp(data, "-") != 0) {
        memset(&channel, 0, sizeof channel);
        from_hex(data, &channel.application_data);
        bindings = &channel;
    }
    while ((word = strtok(NULL, " ")) != NULL) {
        from_base64(word, &token);
        memset(&answer, 0, sizeof answer);
        forwarded = GSS_C_NO_CREDENTIAL;
        release_name(&ignored, &client);
        major = accept_token(&minor, &context, credential_of(keytab), &token, bindings, &client, &mechanism, &answer,
                             NULL, NULL, &forwarded);
        release_buffer(&ignored, &answer);
        if (forwarded != GSS_C_NO_CREDENTIAL)
            release_cred(&ignored, &forwarded);
        if (GSS_ERROR(major))
            break;
    }
    printf("{\"verdict\":\"%s\"",
           GSS_ERROR(major) ? "rejected" : (major & GSS_S_CONTINUE_NEEDED) ? "continue" : "accepted");
    if (GSS_ERROR(major)) {
        print_error(major, minor, mechanism);
    } else if (major == GSS_S_COMPLETE && client != GSS_C_NO_NAME) {
        display_name(&ignored, client, &text, NULL);
        print_text("client", &text);
        release_buffer(&ignored, &text);
    }
    puts("}");
    fflush(stdout);
    release_name(&ignored, &client);
    delete_context(&ignored, &context, GSS_C_NO_BUFFER);
}

int main(int count, char **words)
{
    char *line = NULL;
    size_t space = 0;
    if (count != 3)
        die("usage: gss_accept LIBRARY REGISTER");
    load(words[1], words[2]);
    while (getline(&line, &space, stdin) > 0) {
        line[strcspn(line, "\n")] = 0;
        judge(line);
    }
    free(line);
    return 0;
}
