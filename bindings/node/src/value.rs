//! JavaScript values, read and made through Node-API: the one file of this binding with `unsafe`.
//!
//! What a request or an option makes of a value is in `convert` and `options`. A getter or a proxy of the host may run
//! code and throw while it is read: the exception is taken back and [`Unreadable`] returned, so that none is pending
//! when a call returns. Texts are read as UTF-16 and checked: a lone surrogate is told, never replaced.

#![expect(unsafe_code, reason = "Node-API is called through pointers; each call states what it rests on")]

use napi::bindgen_prelude::{FromNapiValue, ToNapiValue, TypeName, ValidateNapiValue};
use napi::{Env, JsValue, ValueType, sys};
use serde::Serialize;
use std::marker::PhantomData;
use std::ptr::null_mut;

/// A JavaScript value of the running call.
///
/// INVARIANT: `env` is the environment of the running call and `raw` a handle of it. Node-API hands both to a call and
/// keeps them until it returns; the type is neither `Send` nor stored, so no value outlives its call.
#[derive(Clone, Copy)]
pub(crate) struct Js<'call> {
    env: sys::napi_env,
    raw: sys::napi_value,
    call: PhantomData<&'call ()>,
}

/// A value that could not be read: code of the host threw, or Node-API refused.
#[derive(Debug)]
pub(crate) struct Unreadable;

/// A text that is not well-formed UTF-16.
#[derive(Debug)]
pub(crate) struct LoneSurrogate;

type Read<T> = Result<T, Unreadable>;
/// A name in the text of the host.
pub(crate) type Name = Result<String, LoneSurrogate>;

/// What a value is.
pub(crate) enum Kind {
    Undefined,
    Null,
    Bool(bool),
    Number(f64),
    BigInt,
    Text,
    List(u32),
    /// Milliseconds since 1970; NaN for an invalid date.
    Date(f64),
    /// An object of no class: `{…}`, or one without a prototype.
    Plain,
    /// Anything else, in words.
    Other(&'static str),
}

/// Units of a text that is read without allocating room for its units.
const SHORT: usize = 96;

impl<'call> Js<'call> {
    /// What the value is.
    pub(crate) fn kind(self) -> Read<Kind> {
        Ok(match self.type_of()? {
            sys::ValueType::napi_undefined => Kind::Undefined,
            sys::ValueType::napi_null => Kind::Null,
            sys::ValueType::napi_boolean => Kind::Bool(self.bool()?),
            sys::ValueType::napi_number => Kind::Number(self.number()?),
            sys::ValueType::napi_string => Kind::Text,
            sys::ValueType::napi_bigint => Kind::BigInt,
            sys::ValueType::napi_object => return self.kind_of_object(),
            sys::ValueType::napi_function => Kind::Other("a function"),
            sys::ValueType::napi_symbol => Kind::Other("a symbol"),
            _ => Kind::Other("a value of no known type"),
        })
    }

    fn kind_of_object(self) -> Read<Kind> {
        // SAFETY: by the invariant of `Js`; the slots live through the calls.
        if self.ask(false, |slot| unsafe { sys::napi_is_array(self.env, self.raw, slot) })? {
            let length =
                self.ask(0, |slot| unsafe { sys::napi_get_array_length(self.env, self.raw, slot) })?;
            return Ok(Kind::List(length));
        }
        // SAFETY: as above; the value of a date is only asked of a date.
        if self.ask(false, |slot| unsafe { sys::napi_is_date(self.env, self.raw, slot) })? {
            let time = self.ask(0.0, |slot| unsafe { sys::napi_get_date_value(self.env, self.raw, slot) })?;
            return Ok(Kind::Date(time));
        }
        let plain = match self.prototype()? {
            None => true,
            Some(prototype) => prototype.prototype_unasked()?.is_none(),
        };
        Ok(if plain {
            Kind::Plain
        } else {
            Kind::Other("an object that is neither plain, nor a list, nor a Date")
        })
    }

    /// Whether the value is a string.
    pub(crate) fn is_text(self) -> bool {
        self.type_of().is_ok_and(|kind| kind == sys::ValueType::napi_string)
    }

    /// Whether the value is `undefined` or `null`.
    pub(crate) fn is_absent(self) -> bool {
        let absent = [sys::ValueType::napi_undefined, sys::ValueType::napi_null];
        self.type_of().is_ok_and(|kind| absent.contains(&kind))
    }

    /// The text of a string.
    pub(crate) fn text(self) -> Read<Name> {
        let mut short = [0_u16; SHORT];
        let length = self.units(&mut short)?;
        if length < SHORT - 1 {
            return Ok(well_formed(short.get(..length).unwrap_or_default()));
        }
        // SAFETY: by the invariant of `Js`; without room for units only the length is written.
        let length = self.ask(0, |slot| unsafe {
            sys::napi_get_value_string_utf16(self.env, self.raw, null_mut(), 0, slot)
        })?;
        let mut units = vec![0_u16; length + 1];
        let length = self.units(&mut units)?;
        Ok(well_formed(units.get(..length).unwrap_or_default()))
    }

    /// Copies units of a string, ends them with a zero, and tells how many there are before it.
    fn units(self, room: &mut [u16]) -> Read<usize> {
        // SAFETY: by the invariant of `Js`; no more than `room.len()` units are written, the zero counted.
        self.ask(0, |slot| unsafe {
            sys::napi_get_value_string_utf16(self.env, self.raw, room.as_mut_ptr(), room.len(), slot)
        })
    }

    /// The decimal text of a number or bigint, as JavaScript writes it.
    pub(crate) fn decimal(self) -> Read<String> {
        // SAFETY: by the invariant of `Js`; a number or bigint becomes text without code of the host.
        let text =
            self.ask(null_mut(), |slot| unsafe { sys::napi_coerce_to_string(self.env, self.raw, slot) })?;
        self.of(text).text()?.map_err(|LoneSurrogate| Unreadable)
    }

    /// How many words of 64 bits a bigint has.
    pub(crate) fn bigint_words(self) -> Read<usize> {
        // SAFETY: by the invariant of `Js`; without room for the words only their number is written.
        self.ask(0, |slot| unsafe {
            sys::napi_get_value_bigint_words(self.env, self.raw, null_mut(), slot, null_mut())
        })
    }

    /// The element of a list.
    pub(crate) fn element(self, index: u32) -> Read<Js<'call>> {
        // SAFETY: by the invariant of `Js`; an element that is not there is `undefined`.
        let raw =
            self.ask(null_mut(), |slot| unsafe { sys::napi_get_element(self.env, self.raw, index, slot) })?;
        Ok(self.of(raw))
    }

    /// The own enumerable members of an object in their order; none for a member whose name is a symbol.
    pub(crate) fn members(self) -> Read<Vec<(Option<Name>, Js<'call>)>> {
        // SAFETY: by the invariant of `Js`; the constants are those of Node-API 6.
        let names = self.ask(null_mut(), |slot| unsafe {
            sys::napi_get_all_property_names(
                self.env,
                self.raw,
                sys::KeyCollectionMode::own_only,
                sys::KeyFilter::enumerable,
                sys::KeyConversion::numbers_to_strings,
                slot,
            )
        })?;
        let names = self.of(names);
        // SAFETY: by the invariant of `Js`; the names are an array.
        let count = self.ask(0, |slot| unsafe { sys::napi_get_array_length(self.env, names.raw, slot) })?;
        (0..count).map(|index| self.member(names.element(index)?)).collect()
    }

    fn member(self, name: Js<'call>) -> Read<(Option<Name>, Js<'call>)> {
        if !name.is_text() {
            return Ok((None, name));
        }
        Ok((Some(name.text()?), self.get(name)?))
    }

    /// The result of a method without arguments.
    pub(crate) fn call(self, method: &str) -> Read<Js<'call>> {
        self.get(self.name(method)?)?.invoke(self, &[])
    }

    fn get(self, name: Js<'_>) -> Read<Js<'call>> {
        // SAFETY: by the invariant of `Js`, for both values.
        let raw = self
            .ask(null_mut(), |slot| unsafe { sys::napi_get_property(self.env, self.raw, name.raw, slot) })?;
        Ok(self.of(raw))
    }

    fn name(self, text: &str) -> Read<Js<'call>> {
        let length = isize::try_from(text.len()).map_err(|_| Unreadable)?;
        // SAFETY: by the invariant of `Js`; the text is valid UTF-8 of that many bytes and is copied.
        let raw = self.ask(null_mut(), |slot| unsafe {
            sys::napi_create_string_utf8(self.env, text.as_ptr().cast(), length, slot)
        })?;
        Ok(self.of(raw))
    }

    fn invoke(self, receiver: Js<'_>, arguments: &[Js<'_>]) -> Read<Js<'call>> {
        let raw: Vec<_> = arguments.iter().map(|argument| argument.raw).collect();
        // SAFETY: by the invariant of `Js`, for all values; the arguments live through the call.
        let raw = self.ask(null_mut(), |slot| unsafe {
            sys::napi_call_function(self.env, receiver.raw, self.raw, raw.len(), raw.as_ptr(), slot)
        })?;
        Ok(self.of(raw))
    }

    /// The prototype of an object. Null may be that of a proxy, which Node-API does not ask, so it is asked here.
    fn prototype(self) -> Read<Option<Js<'call>>> {
        if let Some(prototype) = self.prototype_unasked()? {
            return Ok(Some(prototype));
        }
        // SAFETY: by the invariant of `Js`.
        let global = self.of(self.ask(null_mut(), |slot| unsafe { sys::napi_get_global(self.env, slot) })?);
        let object = global.get(self.name("Object")?)?;
        let prototype = object.get(self.name("getPrototypeOf")?)?.invoke(object, &[self])?;
        Ok((!prototype.is_absent()).then_some(prototype))
    }

    /// The prototype of an object as Node-API tells it without running code of the host: none for a proxy.
    fn prototype_unasked(self) -> Read<Option<Js<'call>>> {
        // SAFETY: by the invariant of `Js`.
        let raw =
            self.ask(null_mut(), |slot| unsafe { sys::napi_get_prototype(self.env, self.raw, slot) })?;
        let prototype = self.of(raw);
        Ok((!prototype.is_absent()).then_some(prototype))
    }

    fn type_of(self) -> Read<sys::napi_valuetype> {
        // SAFETY: by the invariant of `Js`.
        self.ask(0, |slot| unsafe { sys::napi_typeof(self.env, self.raw, slot) })
    }

    fn bool(self) -> Read<bool> {
        // SAFETY: by the invariant of `Js`.
        self.ask(false, |slot| unsafe { sys::napi_get_value_bool(self.env, self.raw, slot) })
    }

    fn number(self) -> Read<f64> {
        // SAFETY: by the invariant of `Js`.
        self.ask(0.0, |slot| unsafe { sys::napi_get_value_double(self.env, self.raw, slot) })
    }

    fn of(self, raw: sys::napi_value) -> Js<'call> {
        Js { raw, ..self }
    }

    /// Asks Node-API, which writes its answer into a slot.
    fn ask<T>(self, mut slot: T, call: impl FnOnce(&mut T) -> sys::napi_status) -> Read<T> {
        if call(&mut slot) == sys::Status::napi_ok {
            return Ok(slot);
        }
        self.take_exception();
        Err(Unreadable)
    }

    /// Takes back what code of the host has thrown.
    #[cold]
    fn take_exception(self) {
        let mut thrown = null_mut();
        // SAFETY: by the invariant of `Js`; where nothing is pending, nothing happens.
        unsafe { sys::napi_get_and_clear_last_exception(self.env, &raw mut thrown) };
    }
}

/// The text of units where each surrogate is paired.
fn well_formed(units: &[u16]) -> Name {
    if units.iter().all(|unit| *unit < 0x80) {
        return Ok(units.iter().filter_map(|unit| u8::try_from(*unit).ok()).map(char::from).collect());
    }
    String::from_utf16(units).map_err(|_| LoneSurrogate)
}

impl FromNapiValue for Js<'_> {
    unsafe fn from_napi_value(env: sys::napi_env, raw: sys::napi_value) -> napi::Result<Self> {
        Ok(Js { env, raw, call: PhantomData })
    }
}

impl TypeName for Js<'_> {
    fn type_name() -> &'static str {
        "unknown"
    }

    fn value_type() -> ValueType {
        ValueType::Unknown
    }
}

impl ValidateNapiValue for Js<'_> {
    unsafe fn validate(_: sys::napi_env, _: sys::napi_value) -> napi::Result<sys::napi_value> {
        // Null says that any value will do.
        Ok(null_mut())
    }
}

/// Data of the core, which becomes plain objects and lists with their members in order.
#[derive(Debug, Default)]
pub(crate) struct Data<T>(pub(crate) T);

impl<T: Serialize> ToNapiValue for Data<T> {
    unsafe fn to_napi_value(env: sys::napi_env, data: Self) -> napi::Result<sys::napi_value> {
        let made = Env::from_raw(env).to_js_value(&data.0)?;
        Ok(made.raw())
    }
}

impl<T> TypeName for Data<T> {
    fn type_name() -> &'static str {
        "object"
    }

    fn value_type() -> ValueType {
        ValueType::Object
    }
}
